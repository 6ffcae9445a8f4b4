import type { SealedStudy } from '@precedent/ingress';
import type { DeidentifiedStudyOutcome } from '../deidentifier.ts';
import type { VaultKey } from '../vault/domain/types.ts';

export interface StudyRequest {
  readonly number: number;
  readonly study: SealedStudy;
  readonly vaultKey: VaultKey | undefined;
}

/** Errors lose their class between threads, and their messages may quote a patient's data: only the code travels. */
export type StudyReply =
  | { readonly number: number; readonly outcome: DeidentifiedStudyOutcome }
  | { readonly number: number; readonly fault: string };

/** Memory of the clean objects, handed over instead of copied; small buffers share a pool with others and are copied. */
export function bytesToMove(outcome: DeidentifiedStudyOutcome): ArrayBuffer[] {
  if (outcome.kind !== 'deidentified') return [];
  return outcome.study.instances.flatMap(({ bytes: { buffer, byteLength } }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  );
}

/** Buffers arrive as plain byte arrays: made Buffers again, without a copy. */
export function withBuffers(outcome: DeidentifiedStudyOutcome): DeidentifiedStudyOutcome {
  if (outcome.kind !== 'deidentified') return outcome;
  const instances = outcome.study.instances.map(({ bytes, ...rest }) => ({
    ...rest,
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  }));
  return { ...outcome, study: { ...outcome.study, instances } };
}
