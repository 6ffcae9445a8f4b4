import { deflateRawSync } from 'node:zlib';
import type { BaseObject } from './base-object.ts';
import { encodeMark, encodeOne } from './encode.ts';
import type { Random } from './random.ts';

/** What happens to a whole file once its structure has been changed. */
export interface FileMutation {
  readonly note: string;
  readonly bytes: Buffer;
}

export type MutateFile = (random: Random, file: Buffer, base: BaseObject) => FileMutation | undefined;

const PREAMBLE = 132;
const hasPreamble = (file: Buffer): boolean => file.toString('latin1', 128, PREAMBLE) === 'DICM';

/** Preambles that are absent, of another file type, cut or double. */
export const mutatePreamble: MutateFile = (random, file) => {
  if (!hasPreamble(file))
    return { note: 'a preamble where none was', bytes: Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), file]) };
  const rest = file.subarray(PREAMBLE);
  const other = Buffer.from(
    random.pick(['II*\0\x08\0\0\0', 'MZ\x90\0', '\x7fELF\x02\x01\x01', 'PK\x03\x04', '%PDF-1.4\n', '<html>']),
    'latin1',
  );
  const filled = Buffer.concat([other, random.bytes(128 - other.length), file.subarray(128)]);
  return random.pick<FileMutation>([
    { note: 'preamble removed', bytes: rest },
    { note: 'preamble of another file type', bytes: filled },
    { note: 'preamble cut by one', bytes: file.subarray(1) },
    { note: 'DICM in lower case', bytes: Buffer.concat([file.subarray(0, 128), Buffer.from('dicm'), rest]) },
    { note: 'preamble twice', bytes: Buffer.concat([file.subarray(0, PREAMBLE), file]) },
    { note: 'DICM without the 128 bytes', bytes: file.subarray(128) },
    { note: `only ${random.below(PREAMBLE)} bytes`, bytes: file.subarray(0, random.below(PREAMBLE + 20)) },
  ]);
};

/** Bytes behind the data set: padding, garbage, a second object. */
export const mutateTrailing: MutateFile = (random, file, base) => {
  const padding = encodeOne(0xfffcfffc, 'OB', Buffer.alloc(random.pick([0, 2, 100])), base.dataset.encoding);
  const tails: readonly (readonly [string, Buffer])[] = [
    ['zeros', Buffer.alloc(random.pick([1, 2, 7, 8, 9, 512]))],
    ['garbage', random.bytes(random.pick([1, 4, 8, 12, 100]))],
    ['Data Set Trailing Padding', padding],
    ['padding and garbage', Buffer.concat([padding, random.bytes(20)])],
    ['a second file', file],
    ['the data set again', base.bytes.subarray(base.dataset.start)],
    ['a delimiter', encodeMark(random.pick([0xfffee00d, 0xfffee0dd]), 0, base.dataset.encoding)],
    ['a name', encodeOne(0x00100010, 'PN', Buffer.from('TAIL^NAME '), base.dataset.encoding)],
  ];
  const [word, tail] = random.pick(tails);
  return { note: `behind the end: ${word}`, bytes: Buffer.concat([file, tail]) };
};

/** No structure in mind: bits, bytes, blocks, a cut. */
export const mutateBytes: MutateFile = (random, file) => {
  if (file.length < 8) return undefined;
  const copy = Buffer.from(file);
  const at = random.below(copy.length);
  const length = Math.min(copy.length - at, random.between(1, 40));
  const from = random.below(copy.length - length + 1);
  const block = copy.subarray(from, from + length);
  switch (random.below(5)) {
    case 0:
      return { note: `cut off at ${at}`, bytes: copy.subarray(0, at) };
    case 1:
      return {
        note: `${length} bytes removed at ${at}`,
        bytes: Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]),
      };
    case 2:
      return {
        note: `${length} bytes of ${from} put in at ${at}`,
        bytes: Buffer.concat([copy.subarray(0, at), block, copy.subarray(at)]),
      };
    default:
      return flipped(random, copy);
  }
};

function flipped(random: Random, copy: Buffer): FileMutation {
  const count = random.between(1, 8);
  const places = Array.from({ length: count }, () =>
    random.below(random.chance(0.5) ? Math.min(copy.length, 1500) : copy.length),
  );
  for (const at of places) copy[at] = random.chance(0.5) ? (copy[at] ?? 0) ^ (1 << random.below(8)) : random.below(256);
  return { note: `bytes changed at ${places.join(', ')}`, bytes: copy };
}

const bombs = new Map<number, Buffer>();

/** A stream of `megabytes` of zeros, in a thousandth of them. */
function bomb(megabytes: number): Buffer {
  const known = bombs.get(megabytes) ?? deflateRawSync(Buffer.alloc(megabytes * 2 ** 20), { level: 9 });
  bombs.set(megabytes, known);
  return known;
}

/** @param stream the deflated data set. @returns it damaged, cut, prolonged, or a bomb in its place */
export function mutateDeflate(random: Random, stream: Buffer): FileMutation {
  const cut = random.below(stream.length + 1);
  const megabytes = random.pick([1, 17, 64]);
  const flips = flipped(random, Buffer.from(stream));
  return random.pick<FileMutation>([
    { note: `deflate stream cut at ${cut}`, bytes: stream.subarray(0, cut) },
    { note: `in the deflate stream: ${flips.note}`, bytes: flips.bytes },
    { note: 'bytes behind the deflate stream', bytes: Buffer.concat([stream, random.bytes(random.between(1, 20))]) },
    { note: 'the deflate stream twice', bytes: Buffer.concat([stream, stream]) },
    { note: `a bomb of ${megabytes} MiB`, bytes: bomb(megabytes) },
    { note: 'not deflated at all', bytes: random.bytes(random.between(0, 300)) },
  ]);
}
