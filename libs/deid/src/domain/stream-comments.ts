import type { Dataset, Element } from '@precedent/dicom';

const JPEG_START = 0xffd8;
const JPEG_2000_START = 0xff4f;
/** Markers after which compressed samples follow: SOS of JPEG, SOD of JPEG 2000. */
const SAMPLES_FOLLOW = new Set([0xffda, 0xff93]);

/** APPn and COM of JPEG and JPEG-LS (ITU-T T.81 B.2.4), CME of JPEG 2000 (T.800 A.9.2): text that no decoder shows. */
function holdsText(marker: number): boolean {
  return (marker >= 0xffe0 && marker <= 0xffef) || marker === 0xfffe || marker === 0xff64;
}

/**
 * @returns the comments and application segments in the headers of compressed frames. Converters write the source's
 * file name or the patient's name there; they are part of no element, so only a look into the stream finds them.
 */
export function streamComments(dataset: Dataset, picture: Element): readonly Buffer[] {
  const fragments = picture.fragments ?? [];
  return fragments.slice(1).flatMap(({ start, end }) => segmentsOf(dataset.bytes.subarray(start, end)));
}

function segmentsOf(stream: Buffer): Buffer[] {
  const found: Buffer[] = [];
  if (stream.length < 4) return found;
  const first = stream.readUInt16BE(0);
  if (first !== JPEG_START && first !== JPEG_2000_START) return found;
  let at = 2;
  while (at + 4 <= stream.length) {
    const marker = stream.readUInt16BE(at);
    if (marker < 0xff01 || SAMPLES_FOLLOW.has(marker)) break;
    const length = Math.max(2, stream.readUInt16BE(at + 2));
    if (holdsText(marker)) found.push(stream.subarray(at + 4, at + 2 + length));
    at += 2 + length;
  }
  return found;
}
