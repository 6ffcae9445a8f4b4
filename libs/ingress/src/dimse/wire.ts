import { z } from 'zod';
import type { ReadLimits } from '@precedent/dicom';
import type { DimseConfig } from './dimse.config.ts';

/** What the server and its listener process say to one another. */
export interface TlsMaterial {
  readonly certificate: string;
  readonly key: string;
  readonly peerAuthorities?: string;
}

export interface OpenListener {
  readonly kind: 'open';
  readonly settings: DimseConfig;
  readonly tls: TlsMaterial | null;
  readonly spoolDirectory: string;
  readonly maxInstanceBytes: number;
  readonly readLimits: ReadLimits;
}

export type ToListener =
  | OpenListener
  | { readonly kind: 'journalled'; readonly id: number; readonly outcome: 'kept' | 'refused' }
  | { readonly kind: 'stop' };

const Uuid = z.uuid();
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Uid = z.string().max(64);
const Code = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/);

const Identity = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('identified'),
    identity: z.object({
      sopClassUid: Uid,
      sopInstanceUid: Uid,
      studyInstanceUid: Uid,
      seriesInstanceUid: Uid,
      transferSyntax: Uid,
    }),
  }),
  z.object({ kind: z.literal('unidentified'), reason: Code, detail: z.string().max(1000) }),
]);

const File = z
  .object({
    receiptId: Uuid,
    spoolName: z.string(),
    sizeBytes: z.number().int().min(0),
    sha256: Sha256,
    datasetSha256: Sha256,
    identity: Identity,
    objection: z.object({ reason: Code, detail: z.string().max(1000) }).optional(),
  })
  // A name that is anything else would let the process of the network name any file of the server's.
  .refine(({ receiptId, spoolName }) => spoolName === `${receiptId}.dcm`);

const Report = z.object({
  end: z.enum(['released', 'aborted', 'lost', 'timed-out', 'refused', 'invalid', 'stopped']),
  source: z.string().max(24).nullable(),
  refusal: Code.nullable(),
  callingAe: z.string().max(16),
  address: z.string().max(64),
  instances: z.number().int().min(0),
  durationMs: z.number().min(0),
});

/** Checked, not believed: that process reads what strangers send. */
export const FromListener = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('listening'), port: z.number().int() }),
  z.object({ kind: z.literal('unusable'), what: z.enum(['port', 'tls']), reason: Code }),
  z.object({ kind: z.literal('journal'), id: z.number().int(), source: z.string().max(24), file: File }),
  z.object({ kind: z.literal('ended'), report: Report, open: z.number().int() }),
  z.object({ kind: z.literal('fault'), code: Code }),
]);
export type FromListener = z.output<typeof FromListener>;
export type ListenerReport = z.output<typeof Report>;
