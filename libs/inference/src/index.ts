// CONTRACT:
//   class ModelRegistry { constructor(modelsDirectory); load(name, revision?): Promise<RegisteredModel> }  checks manifest schema + SHA-256 of every file;
//        faults MODEL_WEIGHTS_MISSING, MODEL_WEIGHTS_DAMAGED, MODEL_MANIFEST_INVALID, MODEL_GOLDEN_MISMATCH say what to do
//   class InferenceSession { static open(model, {threads, provider: 'cpu'|'cuda'|'auto', timeoutMs}): Promise<InferenceSession>
//        readonly provider: {requested, used, tried: {name, error?}[], runtimeVersion} ; encode(inputs: readonly EncoderInput[], {tokens?: boolean}): Promise<EncoderOutput[]> ; close() }
//     forked child (dist/adapters/onnx-child.js), serialization 'advanced', watchdog SIGKILL + restart, several calls may be in flight
//   preprocessingDigest(manifest): string   (part of the space id)
export type { EncoderInput, EncoderOutput, ModelManifest } from './domain/types.ts';
