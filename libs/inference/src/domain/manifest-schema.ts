import { z } from 'zod';
import type { ModelManifest } from './types.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 lower-case hex digits');
// A name in the manifest's own folder: a path could lead out of the models directory.
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a file name, without folders');
const perChannel = z.array(z.number()).min(1).max(3);
const positive = z.number().int().positive();

const schema = z
  .strictObject({
    name: fileName,
    revision: fileName,
    licence: z.string().min(1),
    allowedUse: z.enum(['any', 'research']),
    files: z.array(z.strictObject({ path: fileName, sha256, role: z.enum(['graph', 'weights-source']) })),
    converted: z.strictObject({ path: fileName, lock: fileName }).exactOptional(),
    input: z.strictObject({
      name: z.string().min(1),
      layout: z.literal('NCHW'),
      channels: z.union([z.literal(1), z.literal(3)]),
      size: positive.max(2048),
      resize: z.enum(['squash', 'pad']),
      kernel: z.enum(['cubic', 'linear']),
      mean: perChannel,
      scale: perChannel,
    }),
    outputs: z.strictObject({
      embedding: z.strictObject({ name: z.string().min(1), dimension: positive }),
      tokens: z.strictObject({ name: z.string().min(1), count: positive, dimension: positive }).exactOptional(),
    }),
    metric: z.literal('cosine'),
    golden: z.strictObject({ path: fileName, tolerance: z.number().positive().max(0.01) }),
  })
  .superRefine((manifest, context) => {
    for (const problem of problemsOf(manifest)) context.addIssue({ code: 'custom', message: problem });
  });

function* problemsOf({ input, files, converted }: ModelManifest): Iterable<string> {
  if (input.mean.length !== input.channels) yield 'input.mean has one value a channel';
  if (input.scale.length !== input.channels) yield 'input.scale has one value a channel';
  if (input.scale.some((value) => value <= 0)) yield 'input.scale is above 0';
  const graphs = files.filter((file) => file.role === 'graph').length;
  if (graphs + (converted ? 1 : 0) !== 1) yield 'one graph: a file with the role graph, or converted';
  if (converted && !files.some((file) => file.role === 'weights-source')) yield 'converted needs a weights-source';
}

export type ManifestReading =
  | { readonly kind: 'manifest'; readonly manifest: ModelManifest }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Checks a parsed manifest.yaml; every problem at once, as `place: what is wrong`. */
export function readManifest(value: unknown): ManifestReading {
  const result = schema.safeParse(value);
  if (result.success) return { kind: 'manifest', manifest: result.data };
  return {
    kind: 'invalid',
    problems: result.error.issues.map((at) => `${at.path.join('.') || 'manifest'}: ${at.message}`),
  };
}
