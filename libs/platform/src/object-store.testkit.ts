import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { ObjectDigest } from '@precedent/kernel';
import { objectDigest } from '@precedent/kernel';
import type { ObjectStore } from './domain/object-store.ts';

const sha256 = (bytes: Uint8Array): ObjectDigest => objectDigest(createHash('sha256').update(bytes).digest('hex'));
const bytesOf = (text: string): Buffer => Buffer.from(text, 'utf8');

async function allDigests(store: ObjectStore): Promise<string[]> {
  const found: string[] = [];
  for await (const page of store.digests()) found.push(...page);
  return found.sort();
}

/** What every object store must do. `makeStore` gives a new, empty one. */
export function objectStoreContract(title: string, makeStore: () => Promise<ObjectStore>): void {
  describe(title, () => {
    it('gives back the very bytes under their SHA-256', async () => {
      const store = await makeStore();
      const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 31) % 256));
      const digest = await store.put(bytes);
      expect(digest).toBe(sha256(bytes));
      expect((await store.get(digest)).equals(bytes)).toBe(true);
    });

    it('keeps an empty object', async () => {
      const store = await makeStore();
      expect((await store.get(await store.put(new Uint8Array()))).length).toBe(0);
    });

    it('keeps one object of bytes stored twice, at once or later', async () => {
      const store = await makeStore();
      const digests = await Promise.all([store.put(bytesOf('x')), store.put(bytesOf('x')), store.put(bytesOf('x'))]);
      expect(new Set([...digests, await store.put(bytesOf('x'))]).size).toBe(1);
      expect(await allDigests(store)).toEqual([sha256(bytesOf('x'))]);
    });

    it('answers many in the order given, duplicates too', async () => {
      const store = await makeStore();
      const objects = Array.from({ length: 60 }, (_, index) => bytesOf(`object ${index % 50}`));
      const digests = await store.putMany(objects);
      expect(digests).toEqual(objects.map(sha256));
      expect(await allDigests(store)).toHaveLength(50);
      expect(await store.putMany([])).toEqual([]);
    });

    it('says that an object is missing', async () => {
      const store = await makeStore();
      const absent = sha256(bytesOf('absent'));
      expect(await store.has(absent)).toBe(false);
      await expect(store.get(absent)).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
    });

    it('deletes once, and can store again afterwards', async () => {
      const store = await makeStore();
      const digest = await store.put(bytesOf('gone'));
      expect(await store.delete(digest)).toBe(true);
      expect(await store.delete(digest)).toBe(false);
      expect(await store.has(digest)).toBe(false);
      await store.put(bytesOf('gone'));
      expect(await store.has(digest)).toBe(true);
    });

    it('stores a view into a larger buffer as the view only', async () => {
      const store = await makeStore();
      const digest = await store.put(bytesOf('0123456789').subarray(3, 6));
      expect((await store.get(digest)).toString()).toBe('345');
    });
  });
}
