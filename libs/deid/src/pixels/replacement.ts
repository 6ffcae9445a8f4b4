import { readDataset, rewriteDataset } from '@precedent/dicom';
import type { Dataset, Element, NewElement } from '@precedent/dicom';
import { describeImage } from '@precedent/imaging';
import type { ImageDescription, RenderedFrame } from '@precedent/imaging';
import type { PixelReplacement } from '../domain/pixel-cleaning.ts';

const TAGS = {
  photometric: 0x00280004,
  planar: 0x00280006,
  lossy: 0x00282110,
  pixelData: 0x7fe00010,
} as const;

/** Extended Offset Table and its lengths (PS3.3 C.7.6.3.1.8): they point into the old code streams. */
const OFFSETS = [0x7fe00001, 0x7fe00002];

/** Encapsulated Pixel Data has fragments; every other syntax that is written here holds the frames one after another. */
const ENCAPSULATED = /^1\.2\.840\.10008\.1\.2\.(4\.\d+|5)$/;

/**
 * Pixel Data of the masked frames, and what has to be said of them.
 * @returns undefined where frames came out in different encodings, which one object cannot hold
 */
export function replacementOf(
  picture: Element,
  image: ImageDescription,
  frames: readonly RenderedFrame[],
): PixelReplacement | undefined {
  const first = frames[0]?.encoded;
  if (first === undefined || frames.length !== image.frames) return undefined;
  const { transferSyntax, photometric, planar } = first;
  const same = frames.every(
    ({ encoded }) => encoded?.transferSyntax === transferSyntax && encoded.photometric === photometric,
  );
  if (!same) return undefined;
  const elements: NewElement[] = [pixelData(picture, image, transferSyntax, frames)];
  if (photometric !== image.photometric) elements.push({ tag: TAGS.photometric, value: { text: photometric } });
  if (image.samplesPerPixel > 1) elements.push({ tag: TAGS.planar, value: { numbers: [planar ? 1 : 0] } });
  // Once lossy, always lossy (PS3.3 C.7.6.1.1.5), though the new stream is not.
  if (image.lossy) elements.push({ tag: TAGS.lossy, value: { text: '01' } });
  return { transferSyntax, elements, dropped: OFFSETS };
}

function pixelData(
  picture: Element,
  image: ImageDescription,
  transferSyntax: string,
  frames: readonly RenderedFrame[],
): NewElement {
  const parts = frames.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  if (ENCAPSULATED.test(transferSyntax))
    return { tag: picture.tag, vr: 'OB', value: { fragments: [Buffer.alloc(0), ...parts] } };
  const wide = picture.tag === TAGS.pixelData && image.bitsAllocated > 8;
  const bytes = Buffer.concat(parts);
  const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
  const vr = picture.fragments === undefined && picture.vr !== 'UN' ? picture.vr : wide ? 'OW' : 'OB';
  return { tag: picture.tag, vr, value: { bytes: even } };
}

/** The object with its new pixels and nothing else changed, read again; it is searched and thrown away. */
export function readAgain(
  dataset: Dataset,
  { transferSyntax, elements, dropped }: PixelReplacement,
): { readonly dataset: Dataset; readonly image: ImageDescription } | undefined {
  const bytes = rewriteDataset(dataset, ({ tag }) => ({ kind: dropped.includes(tag) ? 'drop' : 'keep' }), {
    add: elements,
    transferSyntax,
  });
  const read = readDataset(bytes);
  if (read.kind === 'rejected') return undefined;
  const described = describeImage(read.dataset);
  return described.kind === 'failed' ? undefined : { dataset: read.dataset, image: described.image };
}
