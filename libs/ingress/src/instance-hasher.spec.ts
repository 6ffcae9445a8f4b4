import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InstanceHasher } from './domain/instance-hasher.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A Part 10 head whose group 0002 is `metaLength` bytes after its group length element. */
function part10(metaLength: number, dataset: Uint8Array): Buffer {
  const group = Buffer.from([0x02, 0, 0, 0, 0x55, 0x4c, 4, 0, 0, 0, 0, 0]);
  group.writeUInt32LE(metaLength, 8);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), group, Buffer.alloc(metaLength, 7), dataset]);
}

function hash(bytes: Buffer, size: number): { sha256: string; datasetSha256: string } {
  const hasher = new InstanceHasher();
  for (let at = 0; at < bytes.length; at += size) hasher.update(bytes.subarray(at, at + size));
  return hasher.digests();
}

describe('digests of an instance that streams by (real: everything)', () => {
  it('law: whatever the chunks, the file digest is of all bytes and the data set digest of those after group 0002', () => {
    const size = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 500 }),
        fc.integer({ min: 0, max: 200 }),
        size,
        (dataset, metaLength, chunk) => {
          const bytes = part10(metaLength, dataset);
          expect(hash(bytes, chunk)).toEqual({ sha256: sha256(bytes), datasetSha256: sha256(dataset) });
        },
      ),
    );
  });

  it('a rebuilt group 0002 does not make another data set', () => {
    const dataset = Buffer.from('the same data set');
    expect(hash(part10(20, dataset), 50).datasetSha256).toBe(hash(part10(90, dataset), 50).datasetSha256);
  });

  it.each([0, 5, 143])('a file of %d bytes without head is its own data set', (length) => {
    const bytes = Buffer.alloc(length, 1);
    expect(hash(bytes, 10)).toEqual({ sha256: sha256(bytes), datasetSha256: sha256(bytes) });
  });
});
