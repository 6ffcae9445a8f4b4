import { createHash } from 'node:crypto';
import type { ModelManifest } from './types.ts';

/**
 * SHA-256 over everything between an 8-bit picture and the model's input tensor. Part of a space's identity: vectors
 * made by another size, kernel or scale are not comparable, however similar they look.
 */
export function preprocessingDigest(manifest: ModelManifest): string {
  const { layout, channels, size, resize, kernel, mean, scale } = manifest.input;
  // An array, not an object: its order is fixed by this line, whatever order the YAML had.
  const recipe = ['(x-mean)/scale', 'grey replicated', layout, channels, size, resize, kernel, mean, scale];
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex');
}
