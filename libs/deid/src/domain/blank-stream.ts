/** A stretch of a code stream that no decoder needs to make the samples, from `start` up to `end`. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** `undefined`: the stream's headers cannot be followed, so nobody knows what they hold. */
export type Carriers = readonly Stretch[] | undefined;

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;

function marker(stream: Buffer, at: number): number {
  return (stream[at] ?? 0) === 0xff ? (stream[at + 1] ?? 0) : 0;
}

/** Markers without parameters: TEM and RST0–RST7 (ITU-T T.81 B.1.1.3). */
function standsAlone(code: number): boolean {
  return code === 0x01 || (code >= 0xd0 && code <= 0xd7);
}

/**
 * The next marker of coded data: FF and a byte from 80 on that is no restart. JPEG stuffs 00 behind FF, JPEG-LS a bit
 * (T.81 F.1.2.3, T.87 A.1), so neither holds one by chance.
 */
function nextMarker(stream: Buffer, from: number): number {
  for (let at = stream.indexOf(0xff, from); at !== -1; at = stream.indexOf(0xff, at + 1)) {
    const code = stream[at + 1] ?? 0;
    if (code >= 0x80 && code !== 0xff && !standsAlone(code)) return at;
  }
  return stream.length;
}

/** How many bytes of an application segment decoders look at: JFIF without its thumbnail, Adobe's and HP's colour marks. */
function needed(stream: Buffer, code: number, start: number): number {
  const says = (text: string): boolean => stream.toString('latin1', start, start + text.length) === text;
  if (code === 0xe0 && says('JFIF\0')) return 12;
  if (code === 0xee && says('Adobe')) return 12;
  return code === 0xe8 && says('mrfx') ? 5 : 0;
}

function isCarrier(code: number): boolean {
  return (code >= 0xe0 && code <= 0xef) || code === 0xfe;
}

/** Comments and application segments of JPEG and JPEG-LS (T.81 B.2.4.5, B.2.4.6), and what follows the End of Image. */
export function jpegCarriers(stream: Buffer): Carriers {
  const found: Stretch[] = [];
  for (let at = 2; at < stream.length;) {
    const code = marker(stream, at);
    if (code === 0xff) at += 1;
    else if (code === EOI) return [...found, { start: at + 2, end: stream.length }];
    else if (standsAlone(code)) at += 2;
    else {
      const end = code < 0xc0 || at + 4 > stream.length ? 0 : at + 2 + stream.readUInt16BE(at + 2);
      if (code === SOI || end < at + 4 || end > stream.length) return undefined;
      if (isCarrier(code)) found.push({ start: at + 4 + needed(stream, code, at + 4), end });
      at = code === SOS ? nextMarker(stream, end) : end;
    }
  }
  return found;
}

const SOT = 0xff90;
const SOD = 0xff93;
const EOC = 0xffd9;
const CME = 0xff64;

/** Comments among the segments from `from` up to a marker that ends the header; their Rcme stays (ITU-T T.800 A.9.2). */
function headerComments(stream: Buffer, from: number, into: Stretch[]): number | undefined {
  for (let at = from; at + 4 <= stream.length;) {
    const code = stream.readUInt16BE(at);
    if (code === SOT || code === SOD || code === EOC) return at;
    const end = at + 2 + stream.readUInt16BE(at + 2);
    if (code < 0xff01 || end < at + 4 || end > stream.length) return undefined;
    if (code === CME) into.push({ start: Math.min(at + 6, end), end });
    at = end;
  }
  return undefined;
}

/** Comments of the main header and of each tile-part, and what follows the End of Codestream (T.800 A.4). */
export function jpeg2000Carriers(stream: Buffer): Carriers {
  const found: Stretch[] = [];
  let at = headerComments(stream, 2, found);
  while (at !== undefined && at + 12 <= stream.length && stream.readUInt16BE(at) === SOT) {
    const length = stream.readUInt32BE(at + 6);
    if (headerComments(stream, at + 12, found) === undefined) return undefined;
    // Zero: up to the End of Codestream, which cannot occur in coded data.
    const end = length === 0 ? stream.lastIndexOf(Buffer.of(0xff, 0xd9)) : at + length;
    if (end < at + 14) return undefined;
    at = end;
  }
  if (at === undefined) return undefined;
  const ended = at + 2 <= stream.length && stream.readUInt16BE(at) === EOC;
  return ended ? [...found, { start: at + 2, end: stream.length }] : found;
}

const RLE_HEADER = 64;

/** What follows the last segment of an RLE frame, and offsets of segments that are not there (PS3.5 G.5). `planeBytes`: bytes of a decoded plane. */
export function rleCarriers(frame: Buffer, planeBytes: number): Carriers {
  const count = frame.length < RLE_HEADER ? 0 : frame.readUInt32LE(0);
  if (count < 1 || count > 15) return undefined;
  const last = frame.readUInt32LE(4 * count);
  if (last < RLE_HEADER || last > frame.length) return undefined;
  const end = endOfPlane(frame, last, planeBytes);
  const spare = { start: 4 + 4 * count, end: RLE_HEADER };
  return end === undefined ? undefined : [spare, { start: end, end: frame.length }];
}

/** Where the PackBits codes of one plane end (PS3.5 G.3.2), or undefined when the frame ends before. */
function endOfPlane(frame: Buffer, from: number, planeBytes: number): number | undefined {
  let at = from;
  for (let written = 0; written < planeBytes;) {
    const code = frame[at];
    if (code === undefined) return undefined;
    if (code < 128) at += code + 2;
    else at += code === 128 ? 1 : 2;
    if (code !== 128) written += code < 128 ? code + 1 : 257 - code;
  }
  return at > frame.length ? undefined : at;
}
