// The smallest baseline JPEG (ITU-T T.81): one grey level, DC coefficients only, so that comments can be planted in a stream of our own.
const ZIGZAG_ONES = Buffer.alloc(64, 8);
/** Codes of two bits for every size of a DC difference: 00 → 0, 01 → 6, 10 → 7. */
const DC_SIZES = [0, 6, 7];
const AC_SYMBOLS = [0];

const segment = (marker: number, body: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};

const huffman = (id: number, bits: number, symbols: readonly number[]): Buffer => {
  const counts = Buffer.alloc(16);
  counts[bits - 1] = symbols.length;
  return segment(0xc4, Buffer.concat([Buffer.from([id]), counts, Buffer.from(symbols)]));
};

export const comment = (marker: number, content: Buffer): Buffer => segment(marker, content);

/** A square of one level; `level` 0 to 255 is kept roughly. */
export function tinyJpeg(level: number, side: number, extra: Buffer = Buffer.alloc(0)): Buffer {
  const frame = Buffer.from([8, side >> 8, side & 255, side >> 8, side & 255, 1, 1, 0x11, 0]);
  const scan = segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0]));
  const blocks = (side / 8) ** 2;
  return evenStream(
    Buffer.concat([
      Buffer.from([0xff, 0xd8]),
      extra,
      segment(0xdb, Buffer.concat([Buffer.from([0]), ZIGZAG_ONES])),
      segment(0xc0, frame),
      huffman(0, 2, DC_SIZES),
      huffman(0x10, 1, AC_SYMBOLS),
      scan,
      entropy(level, blocks),
      Buffer.from([0xff, 0xd9]),
    ]),
  );
}

const evenStream = (stream: Buffer): Buffer =>
  stream.length % 2 === 0 ? stream : Buffer.concat([stream, Buffer.from([0])]);

/** First block: a difference of size 7 or 6; all later ones none. Each block ends at once (AC symbol 0, one bit). */
function entropy(level: number, blocks: number): Buffer {
  const difference = level >= 128 ? 64 + (level % 64) : 32 + (level % 32);
  const size = level >= 128 ? 7 : 6;
  let bits = `${size === 7 ? '10' : '01'}${difference.toString(2).padStart(size, '0')}0`;
  bits += '000'.repeat(blocks - 1);
  bits += '1'.repeat((8 - (bits.length % 8)) % 8);
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
  return Buffer.from(bytes.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte])));
}
