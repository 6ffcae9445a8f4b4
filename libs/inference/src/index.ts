export type { EncodeOptions, InferenceOptions } from './inference-session.ts';
export { InferenceSession } from './inference-session.ts';
export type { InferenceFault } from './inference.errors.ts';
export { ModelRegistry } from './model-registry.ts';
export { preprocessingDigest } from './domain/preprocessing-digest.ts';
export { floatsFromHalf, halfFromFloats } from './domain/half-float.ts';
export type {
  EncoderInput,
  EncoderOutput,
  GoldenVector,
  ModelManifest,
  ProviderName,
  ProviderRecord,
  ProviderRequest,
  RegisteredModel,
} from './domain/types.ts';
export type { TensorModel } from './tensor-model.ts';
export { loadTensorModel } from './tensor-model.ts';
export type { TensorOptions } from './tensor-session.ts';
export { TensorSession } from './tensor-session.ts';
export type { GreyBatch, TensorAnswer, TensorResult } from './domain/tensor-wire.ts';
