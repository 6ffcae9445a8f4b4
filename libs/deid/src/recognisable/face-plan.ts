import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Grid } from './grid.ts';
import type { Removal, RemovalField } from './removal.ts';

/** What is to be done about the face in one CT or MR object. Objects that nobody looked at have none. */
export type ObjectFaces =
  /** The series is too sparse for a face, or shows none: nothing has to go (PS3.15 E.3.2). */
  | { readonly kind: 'nothing-recognisable' }
  /** Index into `fields` for each frame; −1 where nothing goes. */
  | { readonly kind: 'deface'; readonly fields: readonly number[] }
  | { readonly kind: 'hold'; readonly detail: string };

/** Plain data, so that threads can share it. */
export interface FacePlan<Key> {
  readonly objects: ReadonlyMap<Key, ObjectFaces>;
  readonly fields: readonly PackedField[];
}

/** A removal field in tens of kB: what lies deeper inside or farther outside than `CLIP_MM` is all the same. */
export interface PackedField {
  readonly grid: Grid;
  readonly deflated: Uint8Array;
}

const CLIP_MM = 6;

export function packField({ grid, kept }: RemovalField): PackedField {
  const levels = Int8Array.from(kept, (mm) => levelOf(mm));
  const deflated = deflateRawSync(new Uint8Array(levels.buffer), { level: 1 });
  // Shared memory: a plan goes to every thread without a copy.
  const shared = new Uint8Array(new SharedArrayBuffer(deflated.length));
  shared.set(deflated);
  return { grid, deflated: shared };
}

/** Rounded away from staying: what was to go, goes. */
function levelOf(mm: number): number {
  return Math.floor((Math.max(-CLIP_MM, Math.min(CLIP_MM, mm)) / CLIP_MM) * 127);
}

export function unpackField({ grid, deflated }: PackedField): RemovalField {
  const bytes = inflateRawSync(Uint8Array.from(deflated));
  const kept = Float32Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return { grid, kept };
}

export const HOLD_DETAILS = {
  face: 'The series is dense enough to rebuild the face from it, and the profile says hold: release it without the face, or not at all.',
  geometry:
    'Position, orientation or pixel spacing is missing or inconsistent, so the face could not be removed: correct it at the source.',
  uncertain: 'The series says it shows a head, and none could be made out in it to remove the face: look at it.',
  undecodable: 'Too many pictures of this series could not be decoded to look for a face.',
  unsupported: 'The pixels are of a kind whose face cannot be removed (colour, floating point or unusual depth).',
} as const;

/** What a finding means under a profile's action. */
export function verdictOf(removal: Removal, action: 'deface' | 'hold'): 'pass' | 'deface' | keyof typeof HOLD_DETAILS {
  if (removal.kind === 'no-head') return 'pass';
  if (removal.kind === 'uncertain') return 'uncertain';
  return action === 'hold' ? 'face' : 'deface';
}
