import { damaged, mismatch } from './failure.ts';
import type { FrameShape } from './decoded.ts';

/** What the headers of a JPEG or JPEG-LS stream say (ISO/IEC 10918-1 B.2, 14495-1 C.2). */
export interface JpegHeader {
  /** Low byte of the SOF marker: C0 baseline, C1 extended, C3 lossless, F7 JPEG-LS. */
  readonly sof: number;
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly jfif: boolean;
  readonly adobe: boolean;
}

const SOI = 0xd8;
const SOS = 0xda;
const STANDALONE = new Set([0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7]);

/** A marker segment: its code and the range of its parameters, the length field excluded. */
export interface Segment {
  readonly marker: number;
  readonly start: number;
  readonly end: number;
}

/** @returns the marker segment at `at`. @throws where the bytes are no marker or run past the end. */
export function segmentAt(stream: Uint8Array, at: number): Segment {
  if (stream[at] !== 0xff) throw damaged('JPEG marker missing');
  let code = at + 1;
  while (stream[code] === 0xff) code++;
  const marker = stream[code] ?? 0;
  if (STANDALONE.has(marker)) return { marker, start: code + 1, end: code + 1 };
  const length = ((stream[code + 1] ?? 0) << 8) | (stream[code + 2] ?? 0);
  const end = code + 1 + length;
  if (length < 2 || end > stream.length) throw damaged('JPEG marker segment runs past the end');
  return { marker, start: code + 3, end };
}

/** SOF0–SOF15 without DHT, JPG and DAC, and SOF55 of JPEG-LS. */
function isFrameHeader(marker: number): boolean {
  if (marker === 0xf7) return true;
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Header segments up to and including the first Start of Scan. */
export function headerSegments(stream: Uint8Array): readonly Segment[] {
  if (stream[0] !== 0xff || stream[1] !== SOI) throw damaged('JPEG start marker missing');
  const found: Segment[] = [];
  for (let at = 2; ;) {
    const segment = segmentAt(stream, at);
    found.push(segment);
    if (segment.marker === SOS) return found;
    at = segment.end;
  }
}

function hasText(stream: Uint8Array, at: number, text: string): boolean {
  return Buffer.from(stream.buffer, stream.byteOffset + at, text.length).toString('latin1') === text;
}

export function readJpegHeader(stream: Uint8Array): JpegHeader {
  const segments = headerSegments(stream);
  const frame = segments.find(({ marker }) => isFrameHeader(marker));
  if (frame === undefined) throw damaged('JPEG frame header missing');
  const byte = (offset: number): number => stream[frame.start + offset] ?? 0;
  return {
    sof: frame.marker,
    precision: byte(0),
    rows: (byte(1) << 8) | byte(2),
    columns: (byte(3) << 8) | byte(4),
    components: byte(5),
    jfif: segments.some(({ marker, start }) => marker === 0xe0 && hasText(stream, start, 'JFIF')),
    adobe: segments.some(({ marker, start }) => marker === 0xee && hasText(stream, start, 'Adobe')),
  };
}

/** Senders pad with 00, FF or 20, or leave a few bytes of garbage behind: seen up to 7. */
const MAX_PADDING = 32;

/**
 * Cuts what follows the End of Image. FF D9 cannot occur inside coded data (stuffed in JPEG, forbidden in JPEG 2000), so
 * it is the end wherever it stands. @throws when there is none: the stream was cut off.
 */
export function untilEndMarker(stream: Uint8Array): Uint8Array {
  for (let end = stream.length; end >= Math.max(2, stream.length - MAX_PADDING); end--) {
    if (stream[end - 2] === 0xff && stream[end - 1] === 0xd9) return stream.subarray(0, end);
  }
  throw damaged('the code stream has no end marker, so it was cut off');
}

/** @throws ImageRefused `codestream-mismatch` naming the first attribute that disagrees. */
export function checkJpegHeader(header: JpegHeader, shape: FrameShape): void {
  if (header.rows !== shape.rows) throw mismatch('number of rows');
  if (header.columns !== shape.columns) throw mismatch('number of columns');
  if (header.components !== shape.samplesPerPixel) throw mismatch('number of components');
  if (header.precision > shape.bitsAllocated || header.precision < 2) throw mismatch('precision');
}
