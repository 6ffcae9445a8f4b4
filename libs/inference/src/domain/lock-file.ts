import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What tools/models/convert_encoder.py recorded beside the graph it wrote. */
const schema = z.object({ graph: z.string(), graphSha256: sha256, weightsSha256: sha256 });

export type ConversionLock = z.infer<typeof schema>;

/** @returns null for anything that is not a lock. */
export function readLock(value: unknown): ConversionLock | null {
  return schema.safeParse(value).data ?? null;
}
