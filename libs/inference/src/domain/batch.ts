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

/** One buffer for all pictures: a single copy through the pipe. */
export function packBatch(id: number, pictures: readonly PendingPicture[]): RunMessage {
  const pixels = new Uint8Array(pictures.reduce((sum, { input }) => sum + input.pixels.length, 0));
  let start = 0;
  for (const { input } of pictures) {
    pixels.set(input.pixels, start);
    start += input.pixels.length;
  }
  const channels = pictures.map(({ input }) => input.channels);
  return { kind: 'run', id, channels, pixels, tokens: pictures.some((picture) => picture.tokens) };
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

/** Copies, so that one kept vector does not keep its whole batch alive. */
function outputOf(
  message: DoneMessage,
  index: number,
  wantsTokens: boolean,
  outputs: ModelManifest['outputs'],
): EncoderOutput {
  const { dimension } = outputs.embedding;
  const embedding = message.embeddings.slice(index * dimension, (index + 1) * dimension);
  if (!wantsTokens || !message.tokens || !outputs.tokens) return { embedding };
  const length = outputs.tokens.count * outputs.tokens.dimension;
  return { embedding, tokens: message.tokens.slice(index * length, (index + 1) * length) };
}
