import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { boundaryOf, MultipartReader } from './multipart-reader.ts';

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

async function collect(bytes: Buffer, size: number): Promise<{ type: string | undefined; body: Buffer }[]> {
  const parts = [];
  for await (const part of new MultipartReader(inChunks(bytes, size), 'B').parts()) {
    const chunks: Buffer[] = [];
    for await (const chunk of part.body) chunks.push(Buffer.from(chunk));
    parts.push({ type: part.headers.get('content-type'), body: Buffer.concat(chunks) });
  }
  return parts;
}

const message = (bodies: readonly Uint8Array[]): Buffer =>
  Buffer.concat([
    ...bodies.flatMap((b) => [
      Buffer.from('--B\r\nContent-Type: application/dicom\r\n\r\n'),
      Buffer.from(b),
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--B--\r\n'),
  ]);

describe('multipart/related reader (real: everything)', () => {
  it('law: any bodies, in chunks of any size, come out byte for byte', async () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(bodies, fc.integer({ min: 1, max: 64 }), async (given, size) => {
        fc.pre(given.every((b) => !Buffer.from(b).includes('\r\n--B')));
        const parts = await collect(message(given), size);
        expect(parts.map((p) => p.body.toString('hex'))).toEqual(given.map((b) => Buffer.from(b).toString('hex')));
      }),
    );
  });

  it('takes a preamble, an epilogue, padding after the boundary and parts without headers', async () => {
    const text = 'ignored\r\n--B  \r\n\r\nbare\r\n--B\r\nContent-Type: a/b\r\n\r\n--not the end\r\n--B--\r\nepilogue';
    const parts = await collect(Buffer.from(text), 7);
    expect(parts.map((p) => [p.type, p.body.toString()])).toEqual([
      [undefined, 'bare'],
      ['a/b', '--not the end'],
    ]);
  });

  it.each(['', 'no boundary at all', '--B\r\nContent-Type: a/b\r\n\r\ncut off', '--B\r\nContent-Ty'])(
    'refuses a body that is not complete: %j',
    async (text) => {
      await expect(collect(Buffer.from(text), 5)).rejects.toMatchObject({ code: 'MULTIPART_MALFORMED' });
    },
  );

  it('refuses headers without end instead of keeping them in memory', async () => {
    const endless = Buffer.from(`--B\r\nX: ${'a'.repeat(100_000)}`);
    await expect(collect(endless, 4096)).rejects.toThrow('oversized headers');
  });

  it.each([
    ['multipart/related; type="application/dicom"; boundary=abc', 'abc'],
    ['multipart/related;boundary="a b;c";type=application/dicom', 'a b;c'],
    ['multipart/related', null],
    [`multipart/related; boundary=${'x'.repeat(73)}`, 'x'.repeat(73)],
    [`multipart/related; boundary=${'x'.repeat(257)}`, null],
  ])('reads the boundary of %j', (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary);
  });
});
