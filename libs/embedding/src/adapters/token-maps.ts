import type { ObjectDigest } from '@precedent/kernel';
import type { ObjectStore } from '@precedent/platform';
import type { TokenPlace } from '../domain/types.ts';
import { halvesOf } from './vector-bytes.ts';

/** Cuts token maps of `length` halves out of their objects; each object is read once. @throws OBJECT_MISSING, OBJECT_DAMAGED */
export async function readTokens(
  store: Pick<ObjectStore, 'get'>,
  places: ReadonlyMap<string, TokenPlace>,
  length: number,
): Promise<ReadonlyMap<string, Uint16Array>> {
  const objects = new Map<ObjectDigest, Buffer>();
  const maps = new Map<string, Uint16Array>();
  for (const [id, { object, offset }] of places) {
    const bytes = objects.get(object) ?? (await store.get(object));
    objects.set(object, bytes);
    maps.set(id, halvesOf(bytes.subarray(offset, offset + length * 2)));
  }
  return maps;
}
