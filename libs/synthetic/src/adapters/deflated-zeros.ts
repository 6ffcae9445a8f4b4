import { createDeflateRaw } from 'node:zlib';

const CHUNK = Buffer.alloc(2 ** 22);

/** @returns `head` and then `zeros` zero bytes as one raw deflate stream, made piece by piece. */
export async function deflatedZeros(head: Buffer, zeros: number): Promise<Buffer> {
  const deflate = createDeflateRaw({ level: 6 });
  const pieces: Buffer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    deflate.on('data', (piece: Buffer) => pieces.push(piece));
    deflate.on('end', resolve);
    deflate.on('error', reject);
  });
  deflate.write(head);
  for (let left = zeros; left > 0; left -= CHUNK.length) {
    if (!deflate.write(CHUNK.subarray(0, Math.min(CHUNK.length, left))))
      await new Promise((resolve) => deflate.once('drain', resolve));
  }
  deflate.end();
  await done;
  return Buffer.concat(pieces);
}
