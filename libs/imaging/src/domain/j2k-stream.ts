import { damaged, mismatch } from './failure.ts';
import type { FrameShape } from './decoded.ts';

/** What the main header of a JPEG 2000 code stream says (ISO/IEC 15444-1 A.5, A.6.1). */
export interface J2kHeader {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly precision: number;
  readonly signed: boolean;
  /** Reversible or irreversible colour transform in use: the decoder gives RGB. */
  readonly colourTransform: boolean;
}

const SOC_SIZ = 0xff4fff51;
const COD = 0xff52;
const SOT = 0xff90;

/** DICOM asks for a bare code stream, but some senders wrap it in JP2 boxes: skips to the `jp2c` contents. */
export function bareCodestream(frame: Uint8Array): Uint8Array {
  const view = viewOf(frame);
  if (frame.length < 12 || view.getUint32(4) !== 0x6a502020) return frame;
  for (let at = 0; at + 8 <= frame.length;) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x6a703263) return frame.subarray(at + 8, length === 0 ? frame.length : at + length);
    if (length < 8) break;
    at += length;
  }
  throw damaged('JP2 file without a code stream');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @throws when components differ in size or precision: decoders mis-size such streams. */
function checkComponents(view: DataView, components: number): void {
  for (let i = 0; i < components; i++) {
    const at = 42 + 3 * i;
    if (view.getUint8(at) !== view.getUint8(42)) throw mismatch('precision of components');
    if (view.getUint8(at + 1) !== 1 || view.getUint8(at + 2) !== 1) throw mismatch('component sub-sampling');
  }
}

/** Multiple component transformation of the COD segment; the main header ends at the first tile-part. */
function usesColourTransform(view: DataView): boolean {
  for (let at = 4 + view.getUint16(4); at + 4 <= view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === COD) return view.getUint8(at + 8) === 1;
    if (marker === SOT || marker < 0xff00) break;
  }
  throw damaged('the JPEG 2000 header has no coding style');
}

export function readJ2kHeader(stream: Uint8Array): J2kHeader {
  const view = viewOf(stream);
  if (stream.length < 45 || view.getUint32(0) !== SOC_SIZ) throw damaged('JPEG 2000 start marker missing');
  const components = view.getUint16(40);
  if (components < 1 || components > 4 || stream.length < 42 + 3 * components) throw mismatch('number of components');
  checkComponents(view, components);
  const depth = view.getUint8(42);
  return {
    columns: view.getUint32(8) - view.getUint32(16),
    rows: view.getUint32(12) - view.getUint32(20),
    components,
    precision: (depth & 0x7f) + 1,
    signed: depth > 0x7f,
    colourTransform: components >= 3 && usesColourTransform(view),
  };
}

/** @throws ImageRefused `codestream-mismatch` naming the first attribute that disagrees. */
export function checkJ2kHeader(header: J2kHeader, shape: FrameShape): void {
  if (header.rows !== shape.rows) throw mismatch('number of rows');
  if (header.columns !== shape.columns) throw mismatch('number of columns');
  if (header.components !== shape.samplesPerPixel) throw mismatch('number of components');
  if (header.precision > shape.bitsAllocated || header.precision > 16) throw mismatch('precision');
}

/**
 * Walks the tile-parts by their lengths (Psot, A.4.2): they must lead exactly to the End of Codestream. This is what finds
 * a stream that lost a fragment in the middle; OpenJPH decodes such streams to wrong pixels without a word.
 */
export function checkTileParts(stream: Uint8Array): void {
  const view = viewOf(stream);
  const end = stream.length - 2;
  let at = firstTilePart(view);
  while (at < end) {
    if (at + 12 > end || view.getUint16(at) !== SOT) throw damaged('a JPEG 2000 tile-part is missing');
    const length = view.getUint32(at + 6);
    if (length === 0) return;
    if (length < 14) throw damaged('a JPEG 2000 tile-part is damaged');
    at += length;
  }
  if (at !== end) throw damaged('the last JPEG 2000 tile-part is cut off');
}

/** Position of the first Start of Tile-part, behind the segments of the main header. */
function firstTilePart(view: DataView): number {
  for (let at = 2; at + 4 <= view.byteLength; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint16(at) === SOT) return at;
  }
  throw damaged('the JPEG 2000 stream has no tile');
}
