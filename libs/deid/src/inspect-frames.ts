import { createHash } from 'node:crypto';
import type { ImageDescription, ImageFailure, RenderedFrame, RenderOutcome, RenderRequest } from '@precedent/imaging';
import type { FrameInspection, FramesInspection, InspectionRequest } from './domain/inspection-types.ts';

/** `imaging`'s sandbox, as far as it is needed here. */
export interface FrameRenderer {
  render(request: RenderRequest): Promise<RenderOutcome>;
}

/** A request reads its file once: several small frames share one, and no answer is larger than this (or than one frame). */
const BATCH_BYTES = 32 * 2 ** 20;
const BATCH_FRAMES = 32;
/** A file of 100,000 damaged frames would take a day of time-outs and say the same thing each time. */
const MAX_FAILED_FRAMES = 100;

/** Reasons that lie in one frame's bytes; every other is the object's and the same for all its frames. */
const OF_ONE_FRAME: ReadonlySet<ImageFailure> = new Set([
  'decode-failed',
  'codestream-mismatch',
  'timed-out',
  'out-of-memory',
]);

type Failure = Extract<RenderOutcome, { kind: 'failed' }>;
interface Looked {
  readonly frame: FrameInspection;
  /** Null where the frame cannot be shown. */
  readonly display: Uint8Array | null;
}
type BatchOutcome = { readonly kind: 'batch'; readonly frames: readonly Looked[] } | Failure;

/** Digests of an object's frames, a few at a time in the sandbox, so that a long run never lies in memory whole. */
export async function inspectFrames(
  renderer: FrameRenderer,
  image: ImageDescription,
  request: InspectionRequest,
): Promise<FramesInspection> {
  const total = image.frames;
  const wanted = request.frames === 'all' ? total : Math.min(request.frames, total);
  const whole = createHash('sha256');
  const frames: FrameInspection[] = [];
  let failed = 0;
  while (frames.length < wanted && failed < MAX_FAILED_FRAMES) {
    const outcome = await inspectBatch(renderer, request, batchFrom(frames.length, wanted, image));
    if (outcome.kind === 'failed') return { ...noPictures(total, outcome), frames };
    for (const { frame, display } of outcome.frames) {
      frames.push(frame);
      if (display === null) failed += 1;
      else whole.update(display);
    }
    request.onProgress?.(frames.length, wanted);
  }
  const isWhole = frames.length === total && failed === 0;
  const displaySha256 = isWhole ? whole.digest('hex') : null;
  return { total, frames, displaySha256, failure: null, untried: wanted - frames.length };
}

/** Of an object that cannot be shown at all. */
export function noPictures(total: number | null, { reason, detail }: Omit<Failure, 'kind'>): FramesInspection {
  return { total, frames: [], displaySha256: null, failure: { reason, detail }, untried: 0 };
}

/** Frame indices from 0. */
function batchFrom(start: number, end: number, image: ImageDescription): readonly number[] {
  const samples = image.photometric === 'PALETTE COLOR' ? 3 : image.samplesPerPixel;
  const frameBytes = image.rows * image.columns * samples * Math.max(1, image.bitsAllocated / 8);
  const count = Math.max(1, Math.min(BATCH_FRAMES, Math.floor(BATCH_BYTES / frameBytes)));
  return Array.from({ length: Math.min(count, end - start) }, (_, at) => start + at);
}

/** A damaged frame fails its whole request: the batch is then asked for again frame by frame, to name it. */
async function inspectBatch(
  renderer: FrameRenderer,
  request: InspectionRequest,
  batch: readonly number[],
): Promise<BatchOutcome> {
  const outcome = await renderBatch(renderer, request, batch);
  if (outcome.kind === 'batch' || !OF_ONE_FRAME.has(outcome.reason)) return outcome;
  const [only] = batch;
  if (batch.length === 1 && only !== undefined) return { kind: 'batch', frames: [lost(only, outcome)] };
  const frames: Looked[] = [];
  for (const frame of batch) {
    const single = await inspectBatch(renderer, request, [frame]);
    if (single.kind === 'failed') return single;
    frames.push(...single.frames);
  }
  return { kind: 'batch', frames };
}

async function renderBatch(
  renderer: FrameRenderer,
  { path, onPicture }: InspectionRequest,
  frames: readonly number[],
): Promise<BatchOutcome> {
  const ask = (kind: 'stored' | 'display' | 'png'): Promise<RenderOutcome> =>
    renderer.render({ source: { path }, frames, target: { kind } });
  const [stored, display, png] = await Promise.all([
    ask('stored'),
    ask('display'),
    onPicture === undefined ? undefined : ask('png'),
  ]);
  if (display.kind === 'failed') return display;
  // Alone, a frame without its samples is still a picture; in a batch it is not known which one failed.
  if (frames.length > 1 && stored.kind === 'failed') return stored;
  if (frames.length > 1 && png?.kind === 'failed') return png;
  const pictures = png?.kind === 'rendered' ? png.frames : [];
  for (const { frame, data } of pictures) await onPicture?.(frame + 1, data);
  return { kind: 'batch', frames: display.frames.map((shown, at) => looked(shown, stored, at)) };
}

function looked(shown: RenderedFrame, stored: RenderOutcome, at: number): Looked {
  const { frame, width, height, channels, voi, data } = shown;
  const samples = stored.kind === 'rendered' ? stored.frames[at]?.data : undefined;
  const storedFailure = stored.kind === 'failed' ? { reason: stored.reason, detail: stored.detail } : null;
  const digests = {
    storedSha256: samples === undefined ? null : sha256(samples),
    displaySha256: sha256(data),
    storedFailure,
    failure: null,
  };
  return { frame: { frame: frame + 1, width, height, channels, voi, ...digests }, display: data };
}

function lost(frame: number, { reason, detail }: Failure): Looked {
  const nothing = { width: null, height: null, channels: null, voi: '', storedSha256: null, displaySha256: null };
  const failure = { reason, detail };
  return { frame: { frame: frame + 1, ...nothing, storedFailure: failure, failure }, display: null };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
