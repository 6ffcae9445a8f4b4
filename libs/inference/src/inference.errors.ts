import { CodedError } from '@precedent/kernel';

/** Faults of the room. Each message ends in what an administrator can do. */
export type InferenceFault =
  | 'MODEL_UNKNOWN'
  | 'MODEL_MANIFEST_INVALID'
  | 'MODEL_WEIGHTS_MISSING'
  | 'MODEL_WEIGHTS_DAMAGED'
  | 'MODEL_GOLDEN_MISMATCH'
  | 'INFERENCE_PROVIDER_UNAVAILABLE'
  | 'INFERENCE_MODEL_REFUSED'
  | 'INFERENCE_INPUT_INVALID'
  | 'INFERENCE_OUTPUT_INVALID'
  | 'INFERENCE_TIMEOUT'
  | 'INFERENCE_CHILD_DIED'
  | 'INFERENCE_CLOSED';

export function inferenceFault(code: InferenceFault, message: string, cause?: unknown): CodedError {
  return new CodedError(code, message, cause === undefined ? undefined : { cause });
}
