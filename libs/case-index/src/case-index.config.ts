import { z } from 'zod';

const exact = z.strictObject({
  adapter: z.literal('exact'),
  /** Parent of one directory per embedding space; on a local, encrypted disk. */
  directory: z.string().min(1),
});

const tls = z.strictObject({
  /** PEM of the authority that signed the server's certificate. */
  rootCertificateFile: z.string().min(1),
  /** PEM pair of this client, for mutual TLS. */
  certificateFile: z.string().min(1).optional(),
  privateKeyFile: z.string().min(1).optional(),
  /** The name in the server's certificate, where it is not the address. */
  serverName: z.string().min(1).optional(),
});

const milvus = z.strictObject({
  adapter: z.literal('milvus'),
  /** `host:port`; off loopback only with `tls`. */
  address: z.string().regex(/^[^/@\s]+:\d{1,5}$/, 'must be host:port'),
  tls: tls.optional(),
  username: z.string().min(1).max(32).optional(),
  /** A secret by its file, never by its value. */
  passwordFile: z.string().min(1).optional(),
  /** FLAT (exact) up to about 100,000 images, HNSW above. */
  indexType: z.enum(['FLAT', 'HNSW']).default('FLAT'),
  deadlineMs: z.number().int().min(100).max(120_000).default(10_000),
  /** Lets a Milvus with known holes in, on loopback only; for tests. */
  allowTestServer: z.boolean().default(false),
});

/** The keys of this room, as one value of the application's configuration. */
export const caseIndexConfigSchema = z
  .discriminatedUnion('adapter', [exact, milvus])
  .refine(
    (config) => config.adapter !== 'milvus' || (config.username === undefined) === (config.passwordFile === undefined),
    { message: 'username and passwordFile go together' },
  );

export type CaseIndexConfig = Readonly<z.infer<typeof caseIndexConfigSchema>>;
