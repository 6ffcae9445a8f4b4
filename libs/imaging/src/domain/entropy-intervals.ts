import { damaged } from './failure.ts';

const EOI = 0xd9;

/** Bytes that may be read behind the end of every interval: what is there belongs to no code. */
export const BEHIND = 4;

/**
 * Entropy-coded bytes from `start` to the End of Image, byte stuffing removed, one buffer a restart interval
 * (ISO/IEC 10918-1 B.1.1.5). FF is looked for and what lies between is copied at once: byte by byte this took a sixth of the
 * decoding of lossless JPEG. @throws on any other marker: a second scan or a damaged stream.
 */
export function entropyIntervals(stream: Uint8Array, start: number): readonly Uint8Array[] {
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength);
  const clean = Buffer.alloc(stream.length - start + BEHIND);
  const intervals: Uint8Array[] = [];
  let from = 0;
  let to = 0;
  for (let at = start; ;) {
    const mark = bytes.indexOf(0xff, at);
    if (mark < 0) throw damaged('JPEG stream has no end marker');
    to += bytes.copy(clean, to, at, mark);
    const { code, end } = markAt(bytes, mark);
    at = end;
    if (code === 0) {
      clean[to++] = 0xff;
      continue;
    }
    intervals.push(clean.subarray(from, to));
    from = to;
    if (code === EOI) return intervals;
    if (code !== 0xd0 + ((intervals.length - 1) % 8)) throw damaged('JPEG marker inside the picture');
  }
}

/** The code behind FF, fill bytes left out; 0 is a stuffed FF (B.1.1.2). */
function markAt(bytes: Uint8Array, mark: number): { code: number; end: number } {
  let at = mark + 1;
  while (bytes[at] === 0xff) at++;
  return { code: bytes[at] ?? 0, end: at + 1 };
}

/** 32 bits at any byte of an interval, and at its end. */
export function windowOf(interval: Uint8Array): DataView {
  return new DataView(interval.buffer, interval.byteOffset, interval.byteLength + BEHIND);
}

/**
 * @param at bits read. @throws when they were too few (cut off), or two bytes or more are left over: then the codes went out of
 *   step somewhere
 */
export function checkEnd(interval: Uint8Array, at: number): void {
  if (at > interval.length * 8) throw damaged('JPEG stream ends before the picture does');
  if (interval.length * 8 - at >= 16) throw damaged('JPEG stream goes on after the picture');
}
