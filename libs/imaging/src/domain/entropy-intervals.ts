import { damaged } from './failure.ts';

const EOI = 0xd9;

/**
 * Entropy-coded bytes from `start` to the End of Image, byte stuffing removed, one buffer a restart interval
 * (ISO/IEC 10918-1 B.1.1.5). @throws on any other marker: a second scan or a damaged stream.
 */
export function entropyIntervals(stream: Uint8Array, start: number): readonly Uint8Array[] {
  const clean = new Uint8Array(stream.length - start);
  const intervals: Uint8Array[] = [];
  let from = 0;
  let to = 0;
  for (let at = start; at < stream.length; at++) {
    const byte = stream[at] ?? 0;
    if (byte !== 0xff) {
      clean[to++] = byte;
      continue;
    }
    while (stream[at + 1] === 0xff) at++;
    const code = stream[++at] ?? 0;
    if (code === 0) {
      clean[to++] = 0xff;
      continue;
    }
    intervals.push(clean.subarray(from, to));
    from = to;
    if (code === EOI) return intervals;
    if (code !== 0xd0 + ((intervals.length - 1) % 8)) throw damaged('JPEG marker inside the picture');
  }
  throw damaged('JPEG stream has no end marker');
}
