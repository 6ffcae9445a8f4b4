import type { ImageSource, RenderedFrame, RenderOutcome, RenderRequest } from '@precedent/imaging';
import type { EncodeOptions, EncoderInput, EncoderOutput, RegisteredModel } from '@precedent/inference';
import { codeOf } from '@precedent/kernel';
import { evenlySpaced } from './domain/choose-frames.ts';
import { Gate } from './domain/each-of.ts';
import type { EmbeddingFailure } from './domain/types.ts';
import { unitVector } from './domain/unit-vector.ts';

/** `imaging`'s sandbox, as far as it is needed here. */
export interface PictureRenderer {
  render(request: RenderRequest): Promise<RenderOutcome>;
}

/** `inference`'s session, as far as it is needed here. */
export interface PictureModel {
  encode(inputs: readonly EncoderInput[], options?: EncodeOptions): Promise<EncoderOutput[]>;
}

export interface PictureRequest {
  readonly source: ImageSource;
  readonly frames: 'all' | readonly number[];
}

export interface EncodedFrame {
  readonly frame: number;
  readonly vector: Float32Array;
  readonly tokens?: Uint16Array;
}

export interface EncodedPicture {
  readonly frames: readonly EncodedFrame[];
  readonly failed: readonly { readonly frame: number; readonly reason: EmbeddingFailure; readonly detail: string }[];
}

/** Faults of a process that has been replaced by now: one more try is worth it. */
const WORTH_A_RETRY = new Set(['INFERENCE_CHILD_DIED', 'INFERENCE_TIMEOUT']);

/** Picture → vector: rendered by the sandbox at the model's size, encoded by the session, L2-normalised here. */
export class PictureEncoder {
  private readonly renderer: PictureRenderer;
  private readonly session: PictureModel;
  private readonly model: RegisteredModel;
  private readonly gate: Gate;
  private readonly maxFrames: number;

  /**
   * @param limits `rendersInFlight` requests at the sandbox at once: a second and third keep it busy while the first
   *   answer travels, more would only fill memory. `maxFrames` of one picture whose frames are `all`.
   */
  constructor(
    renderer: PictureRenderer,
    session: PictureModel,
    model: RegisteredModel,
    limits: { readonly rendersInFlight: number; readonly maxFrames: number },
  ) {
    this.renderer = renderer;
    this.session = session;
    this.model = model;
    this.gate = new Gate(limits.rendersInFlight);
    this.maxFrames = limits.maxFrames;
  }

  /** @throws CodedError of `inference` when the model cannot be run; pictures that cannot be shown are in `failed`. */
  async encode(request: PictureRequest, options: { readonly urgent: boolean }): Promise<EncodedPicture> {
    const { size, resize, kernel } = this.model.manifest.input;
    const render = () => this.renderer.render({ ...request, target: { kind: 'encoder', size, resize, kernel } });
    // A query does not queue behind the pipeline's pictures.
    const outcome = options.urgent ? await render() : await this.gate.pass(render);
    if (outcome.kind === 'failed') return allFailed(request, outcome);
    const frames = request.frames === 'all' ? evenlySpaced(outcome.frames, this.maxFrames) : outcome.frames;
    const outputs = await this.encodeTwice(frames.map(inputOf), options.urgent);
    return this.collect(request, frames, outputs);
  }

  private async encodeTwice(inputs: readonly EncoderInput[], urgent: boolean): Promise<EncoderOutput[]> {
    const options = { tokens: this.model.manifest.outputs.tokens !== undefined, urgent };
    try {
      return await this.session.encode(inputs, options);
    } catch (fault) {
      if (!WORTH_A_RETRY.has(codeOf(fault))) throw fault;
      return this.session.encode(inputs, options);
    }
  }

  private collect(
    request: PictureRequest,
    frames: readonly RenderedFrame[],
    outputs: readonly EncoderOutput[],
  ): EncodedPicture {
    const encoded = frames.flatMap(({ frame }, index) => encodedFrame(frame, outputs[index]));
    const done = new Set(encoded.map(({ frame }) => frame));
    const shown = new Set(frames.map(({ frame }) => frame));
    const asked = request.frames === 'all' ? [...shown] : request.frames;
    const failed = asked.filter((frame) => !done.has(frame)).map((frame) => lost(frame, shown.has(frame)));
    return { frames: encoded, failed };
  }
}

function inputOf({ channels, data }: RenderedFrame): EncoderInput {
  return { channels, pixels: data };
}

function encodedFrame(frame: number, output: EncoderOutput | undefined): EncodedFrame[] {
  const vector = output ? unitVector(output.embedding) : null;
  if (!vector) return [];
  return [output?.tokens ? { frame, vector, tokens: output.tokens } : { frame, vector }];
}

/** No frame that was asked for goes missing without a word. */
function lost(frame: number, shown: boolean): EncodedPicture['failed'][number] {
  return shown
    ? { frame, reason: 'zero-vector', detail: 'The model answered with a vector of length zero.' }
    : { frame, reason: 'decode-failed', detail: 'The renderer returned no picture of this frame.' };
}

function allFailed(
  { frames }: PictureRequest,
  { reason, detail }: Extract<RenderOutcome, { kind: 'failed' }>,
): EncodedPicture {
  const asked = frames === 'all' ? [0] : frames;
  return { frames: [], failed: asked.map((frame) => ({ frame, reason, detail })) };
}
