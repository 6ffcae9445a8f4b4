import type { DecodedFrame, FrameShape } from './decoded.ts';
import { damaged } from './failure.ts';
import { unpackBits } from './native.ts';

const HEADER_BYTES = 64;
const MAX_SEGMENTS = 15;

/** Segment ranges of an RLE frame, PS3.5 G.5. */
function segmentsOf(frame: Uint8Array, expected: number): readonly (readonly [number, number])[] {
  if (frame.length < HEADER_BYTES) throw damaged('RLE frame shorter than its header');
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const count = view.getUint32(0, true);
  if (count !== expected || count > MAX_SEGMENTS) throw damaged('RLE segment count is not samples × bytes');
  const starts = Array.from({ length: count }, (_, i) => view.getUint32(4 + 4 * i, true));
  return starts.map((start, i) => {
    const end = starts[i + 1] ?? frame.length;
    if (start < HEADER_BYTES || end < start || end > frame.length) throw damaged('RLE segment offsets out of order');
    return [start, end] as const;
  });
}

/** PackBits (PS3.5 G.3.2) into every `stride`-th byte of `out`. A run that does not fit, or a missing one, is an error. */
function unpack(frame: Uint8Array, from: number, to: number, out: Uint8Array, at: number, stride: number): void {
  const end = out.length;
  let read = from;
  let write = at;
  while (write < end) {
    if (read >= to) throw damaged('RLE segment ends before the picture does');
    const code = frame[read++] ?? 0;
    if (code === 128) continue;
    const run = code < 128 ? code + 1 : 257 - code;
    const needed = code < 128 ? run : 1;
    if (read + needed > to || write + (run - 1) * stride >= end)
      throw damaged('RLE run crosses the end of its segment');
    if (code < 128) for (let i = 0; i < run; i++, write += stride) out[write] = frame[read + i] ?? 0;
    else
      for (const value = frame[read] ?? 0, stop = write + run * stride; write < stop; write += stride)
        out[write] = value;
    read += needed;
  }
  // A segment is padded by one zero (PS3.5 G.3.1); rows and columns of another picture would be left over here.
  for (; read < to; read++)
    if (frame[read] !== 0 && frame[read] !== 128) throw damaged('RLE segment goes on after the picture');
}

/** RLE Lossless (PS3.5 annex G): byte planes, most significant first, sample after sample; out interleaved, little endian. */
export function decodeRle(frame: Uint8Array, shape: FrameShape): DecodedFrame {
  if (shape.bitsAllocated === 1) return decodeBits(frame, shape);
  const bytesPerSample = shape.bitsAllocated / 8;
  if (bytesPerSample !== 1 && bytesPerSample !== 2 && bytesPerSample !== 4) throw damaged('RLE of odd sample size');
  const stride = bytesPerSample * shape.samplesPerPixel;
  const out = new Uint8Array(shape.rows * shape.columns * stride);
  segmentsOf(frame, stride).forEach(([start, end], segment) => {
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    unpack(frame, start, end, out, sample * bytesPerSample + byte, stride);
  });
  return { bytes: out, bytesPerSample, bits: shape.bitsStored, planar: false, rgb: false };
}

/** Single bits are packed first, eight a byte, and run over the ends of rows. */
function decodeBits(frame: Uint8Array, shape: FrameShape): DecodedFrame {
  const packed = { ...shape, rows: 1, columns: Math.ceil((shape.rows * shape.columns) / 8), bitsAllocated: 8 };
  const decoded = decodeRle(frame, packed);
  return { ...decoded, bytes: unpackBits(shape, 0, decoded.bytes), bits: 1 };
}

/** Length of the run of equal bytes at `at`, at most 128. */
function runAt(row: Uint8Array, at: number): number {
  const limit = Math.min(row.length, at + 128);
  let end = at + 1;
  while (end < limit && row[end] === row[at]) end++;
  return end - at;
}

/** End of the literal run from `at`: it stops before three equal bytes, which cost less as a run. */
function literalEnd(row: Uint8Array, at: number): number {
  const limit = Math.min(row.length, at + 128);
  let end = at + 1;
  while (end < limit && !(row[end] === row[end + 1] && row[end] === row[end + 2])) end++;
  return end;
}

function packRow(row: Uint8Array, out: number[]): void {
  for (let at = 0; at < row.length;) {
    const run = runAt(row, at);
    if (run > 1) {
      out.push(257 - run, row[at] ?? 0);
      at += run;
    } else {
      const end = literalEnd(row, at);
      out.push(end - at - 1);
      for (; at < end; at++) out.push(row[at] ?? 0);
    }
  }
}

/** One byte plane, each row packed by itself (PS3.5 G.3.1), even length. */
function packPlane(frame: Uint8Array, first: number, stride: number, shape: FrameShape): Uint8Array {
  const out: number[] = [];
  const row = new Uint8Array(shape.columns);
  for (let y = 0, at = first; y < shape.rows; y++) {
    for (let x = 0; x < shape.columns; x++, at += stride) row[x] = frame[at] ?? 0;
    packRow(row, out);
  }
  if (out.length % 2 === 1) out.push(0);
  return Uint8Array.from(out);
}

/** @param frame samples interleaved, little endian. @returns one RLE frame with its header. */
export function encodeRle(frame: Uint8Array, shape: FrameShape): Uint8Array {
  const bytes = shape.bitsAllocated / 8;
  const stride = bytes * shape.samplesPerPixel;
  const planes = Array.from({ length: stride }, (_, segment) => {
    const byte = bytes - 1 - (segment % bytes);
    return packPlane(frame, Math.floor(segment / bytes) * bytes + byte, stride, shape);
  });
  const out = Buffer.alloc(HEADER_BYTES + planes.reduce((sum, plane) => sum + plane.length, 0));
  out.writeUInt32LE(planes.length, 0);
  let at = HEADER_BYTES;
  planes.forEach((plane, i) => {
    out.writeUInt32LE(at, 4 + 4 * i);
    out.set(plane, at);
    at += plane.length;
  });
  return out;
}
