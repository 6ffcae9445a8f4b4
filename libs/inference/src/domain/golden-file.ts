import { z } from 'zod';
import type { GoldenVector } from './types.ts';

const floats = z.base64().transform((text, context) => {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 4 === 0 && bytes.length > 0) return littleEndianFloats(bytes);
  context.addIssue({ code: 'custom', message: 'not float32 values' });
  return z.NEVER;
});

const schema = z.strictObject({
  size: z.number().int().positive(),
  pictures: z
    .array(
      z.strictObject({
        name: z.string(),
        embedding: floats,
        tokenRows: z.record(z.string().regex(/^\d+$/), floats),
      }),
    )
    .min(1),
});

/** Golden vectors of a parsed golden.json, or what is wrong with it. */
export function readGolden(value: unknown): readonly GoldenVector[] | string {
  const result = schema.safeParse(value);
  if (!result.success) return z.prettifyError(result.error);
  return result.data.pictures.map((picture) => ({
    picture: picture.name,
    embedding: picture.embedding,
    tokenRows: new Map(Object.entries(picture.tokenRows).map(([row, values]) => [Number(row), values])),
  }));
}

function littleEndianFloats(bytes: Buffer): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => view.getFloat32(index * 4, true));
}
