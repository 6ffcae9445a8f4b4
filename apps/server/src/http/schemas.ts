import { z } from 'zod';

/** Shapes of the edge. One schema a shape; they check requests, type responses and make the API description. */

/** A pseudonym in a URL or a body. */
export const Key = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'not a key of this archive');

/** Short text of a caller. Control characters mean nothing here, and PostgreSQL takes no NUL. */
const Text = z.string().regex(/^\P{Cc}{1,64}$/u, 'write 1 to 64 characters, no control characters');

/** One value or several: `?modality=CT&modality=MR` and `["CT","MR"]` mean the same. */
const Values = z
  .union([Text, z.array(Text).min(1).max(100)])
  .transform((value) => (typeof value === 'string' ? [value] : value));

/** Strict: a filter that is not known must not be dropped, since the answer would pass for a filtered one. */
export const Filter = z
  .object({
    modality: Values.optional(),
    bodyPart: Values.optional(),
    sex: Values.optional(),
    ageBand: Values.optional(),
  })
  .strict();

const K = z.coerce.number().int().min(1).max(100).default(10).describe('How many cases.');

export const SimilarCasesBody = z
  .object({ studyKey: Key.optional(), imageKey: Key.optional(), k: K, filter: Filter.optional() })
  .strict()
  .refine((body) => (body.studyKey === undefined) !== (body.imageKey === undefined), {
    message: 'give either studyKey or imageKey',
  });

/** For uploads the options stand in the URL, since the body is the picture. */
export const SimilarCasesParameters = Filter.extend({ k: K }).strict();

export const Study = z.object({
  studyKey: Key,
  modality: z.string(),
  bodyPart: z.string(),
  sex: z.string(),
  ageBand: z.string(),
  manufacturer: z.string(),
  seriesCount: z.number().int(),
  imageCount: z.number().int(),
  outcome: z.record(z.string(), z.string()).nullable(),
});

export const SimilarCasesResponse = z.object({
  answerId: z.string().describe('Names this answer in the provenance ledger.'),
  space: z.string(),
  searchedImages: z.number().int(),
  notice: z.string(),
  results: z.array(
    Study.extend({
      rank: z.number().int(),
      score: z.number().describe('Symmetric mean of best cosine matches, −1 to 1. Not a probability.'),
      bestMatch: z.object({ query: z.string(), image: z.string(), score: z.number() }),
    }),
  ),
});

export const CaseResponse = Study.extend({
  images: z.array(
    z.object({
      imageKey: Key,
      seriesKey: Key,
      modality: z.string(),
      rows: z.number().int(),
      columns: z.number().int(),
      frames: z.number().int(),
      rendered: z.string().describe('Where the picture is.'),
    }),
  ),
});

export const RenderedQuery = z
  .object({
    frame: z.coerce.number().int().min(0).max(100_000).default(0),
    maxSide: z.coerce.number().int().min(16).max(4096).optional(),
  })
  .strict();

export const ListQuery = z
  .object({
    limit: z.coerce.number().int().min(1).max(500).default(100),
    cursor: z
      .string()
      .regex(/^[0-9a-z]{1,6}$/, 'not a cursor of this list')
      .optional(),
  })
  .strict();

const Time = z.string().nullable();

export const StudiesResponse = z.object({
  studies: z.array(
    z.object({
      source: z.string(),
      studyKey: Key.nullable(),
      generation: z.number().int(),
      state: z.string(),
      reason: z.string().nullable(),
      instances: z.number().int(),
      quarantined: z.number().int(),
      receivedAt: z.string(),
      sealedAt: Time,
      deidentifiedAt: Time,
      embeddedAt: Time,
      indexedAt: Time,
    }),
  ),
  next: z.string().nullable(),
});

const Counts = z.record(z.string(), z.number().int());

const Source = z.object({
  source: z.string().describe('A door, or `dimse:` and the AE title of a configured peer.'),
  instances: z.number().int(),
  pending: z.number().int(),
  quarantined: z.number().int(),
  lastReceivedAt: z.string(),
});

const Listener = z.object({
  host: z.string(),
  port: z.number().int(),
  aeTitle: z.string(),
  tls: z.enum(['off', 'tls', 'mutual']),
  listening: z.boolean(),
  peers: z.number().int().describe('Configured peers.'),
  associations: z.number().int().describe('Open now.'),
  refused: z
    .array(
      z.object({
        reason: z.string(),
        callingAe: z.string().describe('As the peer called itself.'),
        address: z.string(),
        times: z.number().int(),
        lastAt: z.string(),
      }),
    )
    .describe('Peers that were turned away since the start, the newest first.'),
});

export const StatusResponse = z.object({
  version: z.string(),
  generations: Counts,
  instances: Counts,
  quarantine: Counts.describe('Instances held back, by reason.'),
  sources: z.array(Source).describe('Who has sent, the latest first.'),
  listener: Listener.nullable().describe('The DICOM listener; null when it is off.'),
  archive: z.object({ patients: z.number(), studies: z.number(), images: z.number(), outcomes: z.number() }),
  notIndexable: Counts,
  embeddings: z.number().int(),
  indexed: z.number().int(),
  index: z.object({ store: z.string(), space: z.string(), ok: z.boolean() }),
  provider: z.object({ requested: z.string(), used: z.string() }),
  uncleanedPixels: z.boolean().describe('Images are let through although texts in their pixels have not been cleaned.'),
  settled: z.boolean().describe('Nothing is on its way any more.'),
  stageSeconds: z.record(z.string(), z.number()).describe('Busy seconds of each stage since the start.'),
});

/** Names of doors, never of people. */
export const SOURCE = /^[a-z0-9][a-z0-9-]{0,40}$/;
export const SealBody = z
  .object({
    source: z.string().regex(SOURCE, 'not the name of a source'),
    /** Study Instance UIDs; without them, every study of the source. */
    studies: z
      .array(z.string().regex(/^[0-9.]{1,64}$/, 'not a UID'))
      .min(1)
      .max(1000)
      .optional(),
  })
  .strict();
export const SealResponse = z.object({ sealed: z.number().int() });
/** A receipt of the spool. */
const ReceiptId = z.uuid();

export const QuarantineQuery = z
  .object({
    reason: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'not a reason code')
      .optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    cursor: ReceiptId.optional(),
  })
  .strict();

export const QuarantineResponse = z.object({
  instances: z.array(
    z.object({
      id: ReceiptId,
      source: z.string(),
      reason: z.string(),
      detail: z.string().describe('What can be done about it.'),
      sopClassUid: z.string(),
      transferSyntax: z.string(),
      sizeBytes: z.number().int(),
      receivedAt: z.string(),
      retryable: z.boolean().describe('Its bytes are here and it says which study it belongs to.'),
    }),
  ),
  next: ReceiptId.nullable(),
});

export const QuarantineBody = z.object({ ids: z.array(ReceiptId).min(1).max(1000) }).strict();
export const QuarantineActResponse = z.object({ instances: z.number().int() });

export const OutcomesResponse = z.object({ lines: z.number().int(), skippedLines: z.array(z.number().int()) });

export const EvaluationBody = z
  .object({
    labels: z.array(z.array(Text).min(1).max(4)).min(1).max(8),
    seed: z.number().int().default(20_261_124),
    bootstrap: z.number().int().min(100).max(10_000).default(1000),
  })
  .strict();
