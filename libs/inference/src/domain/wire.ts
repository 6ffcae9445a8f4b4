import type { EncoderInput, ModelManifest, ProviderName } from './types.ts';

/** What travels between the session and its child process (`serialization: 'advanced'`, so typed arrays go as bytes). */
export interface OpenMessage {
  readonly kind: 'open';
  readonly graphPath: string;
  readonly graphSha256: string;
  readonly input: ModelManifest['input'];
  readonly outputs: ModelManifest['outputs'];
  readonly threads: number;
  readonly providers: readonly ProviderName[];
}

export interface RunMessage {
  readonly kind: 'run';
  readonly id: number;
  readonly inputs: readonly EncoderInput[];
  readonly tokens: boolean;
}

export type ToChild = OpenMessage | RunMessage;

export interface OpenedMessage {
  readonly kind: 'opened';
  readonly used: ProviderName;
  readonly tried: readonly { readonly name: ProviderName; readonly error?: string }[];
  readonly runtimeVersion: string;
}

export interface RefusedMessage {
  readonly kind: 'refused';
  readonly code:
    'MODEL_WEIGHTS_MISSING' | 'MODEL_WEIGHTS_DAMAGED' | 'INFERENCE_PROVIDER_UNAVAILABLE' | 'INFERENCE_MODEL_REFUSED';
  readonly message: string;
}

export interface DoneMessage {
  readonly kind: 'done';
  readonly id: number;
  /** count × dimension. */
  readonly embeddings: Float32Array;
  /** count × tokens × dimension as half bits; absent when not asked for. */
  readonly tokens?: Uint16Array;
}

export interface FailedMessage {
  readonly kind: 'failed';
  readonly id: number;
  readonly message: string;
}

export type FromChild = OpenedMessage | RefusedMessage | DoneMessage | FailedMessage;
