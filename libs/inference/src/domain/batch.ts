import { inferenceFault } from '../inference.errors.ts';
import type { EncoderInput, EncoderOutput, ModelManifest } from './types.ts';
import type { DoneMessage, FailedMessage, RunMessage } from './wire.ts';

/** One picture waiting for its vector, and whom to tell. */
export interface PendingPicture {
  readonly input: EncoderInput;
  readonly tokens: boolean;
  /** A clinician waits for it: goes before the pictures of the pipeline. */
  readonly urgent: boolean;
  /** Set once it has been handed to a child that died before its turn came. */
  readonly retried: boolean;
  readonly resolve: (output: EncoderOutput) => void;
  readonly reject: (fault: Error) => void;
}

/** The pictures as they are: the serialiser copies them once, and gathering them before would copy them twice. */
export function packBatch(id: number, pictures: readonly PendingPicture[]): RunMessage {
  return { kind: 'run', id, inputs: pictures.map(({ input }) => input), tokens: pictures.some(({ tokens }) => tokens) };
}

/** Tells each picture of an answered batch its result. */
export function settleBatch(
  pictures: readonly PendingPicture[],
  message: DoneMessage | FailedMessage,
  outputs: ModelManifest['outputs'],
): void {
  for (const [index, picture] of pictures.entries()) {
    if (message.kind === 'failed') picture.reject(refused(message));
    else settle(picture, outputOf(message, index, picture.tokens, outputs));
  }
}

function refused(message: FailedMessage): Error {
  return inferenceFault('INFERENCE_MODEL_REFUSED', `The model refused a batch: ${message.message}`);
}

/** NaN or infinity would poison every later sum: better no vector than a wrong one. */
function settle(picture: PendingPicture, output: EncoderOutput): void {
  if (output.embedding.every(Number.isFinite)) picture.resolve(output);
  else
    picture.reject(inferenceFault('INFERENCE_OUTPUT_INVALID', 'The model answered with values that are not finite.'));
}

/**
 * Views of the batch's buffers: copies would double the external memory that drives garbage collection. A token map that
 * is kept keeps its batch's maps (250 KB at 8), which are needed for as long.
 */
function outputOf(
  message: DoneMessage,
  index: number,
  wantsTokens: boolean,
  outputs: ModelManifest['outputs'],
): EncoderOutput {
  const { dimension } = outputs.embedding;
  const embedding = message.embeddings.subarray(index * dimension, (index + 1) * dimension);
  if (!wantsTokens || !message.tokens || !outputs.tokens) return { embedding };
  const length = outputs.tokens.count * outputs.tokens.dimension;
  return { embedding, tokens: message.tokens.subarray(index * length, (index + 1) * length) };
}
