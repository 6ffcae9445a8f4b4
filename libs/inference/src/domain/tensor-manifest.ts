import { z } from 'zod';

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'letters, digits, dots, dashes and underscores');
const file = z.strictObject({
  /** Inside the package; no way out of it. */
  path: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/)
    .refine((path) => !path.split('/').includes('..'), 'no way out of the package'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 lower-case hex digits'),
});

/** Models that take tensors and give tensors, whose files lie in an npm package: `models/<name>/<revision>/manifest.yaml`. */
export const tensorManifestSchema = z.strictObject({
  kind: z.literal('tensor'),
  name,
  revision: name,
  licence: z.string().min(1),
  allowedUse: z.enum(['any', 'research']),
  package: z.string().min(1),
  graphs: z.record(name, file),
  data: z.record(name, file),
});

export type TensorManifest = z.infer<typeof tensorManifestSchema>;
