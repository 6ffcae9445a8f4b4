import { rewriteDataset } from '@precedent/dicom';
import type { Dataset } from '@precedent/dicom';
import type { ImageDescription, ImagingSandbox, RenderOutcome, RenderTarget } from '@precedent/imaging';

/** An object whose frames the sandbox renders. */
export interface FrameSource {
  readonly sandbox: Pick<ImagingSandbox, 'render'>;
  readonly dataset: Dataset;
  readonly image: ImageDescription;
}

/** Answers are this large at most (or one frame), so that a long run never lies in memory whole. */
const BATCH_BYTES = 32 * 2 ** 20;
/** A request has a deadline: three looks at each of many large frames would pass it on a busy machine. */
const BATCH_FRAMES = 8;

/**
 * Frame numbers, a batch at a time. The object's bytes travel with every request: of a large object a batch is as large as
 * the object, so that they travel a few times and not a thousand.
 */
export function* batchesOf({ image, dataset }: Pick<FrameSource, 'dataset' | 'image'>): Generator<readonly number[]> {
  const frameBytes = image.rows * image.columns * 3 * Math.max(1, image.bitsAllocated / 8);
  const budget = Math.min(2 ** 29, Math.max(BATCH_BYTES, dataset.bytes.length));
  const count = Math.max(1, Math.min(BATCH_FRAMES, Math.floor(budget / frameBytes)));
  for (let from = 0; from < image.frames; from += count)
    yield Array.from({ length: Math.min(count, image.frames - from) }, (_, at) => from + at);
}

/** All frames, in order, a batch at a time; ends with the first that fails. */
export async function* framesOf(source: FrameSource, target: RenderTarget): AsyncGenerator<RenderOutcome> {
  for (const frames of batchesOf(source)) {
    const outcome = await rendered(source, target, frames);
    yield outcome;
    if (outcome.kind === 'failed') return;
  }
}

export function rendered(
  { sandbox, dataset }: FrameSource,
  target: RenderTarget,
  frames: readonly number[],
): Promise<RenderOutcome> {
  return sandbox.render({ source: { bytes: fileOf(dataset) }, frames, target });
}

const files = new WeakMap<Dataset, Buffer>();

/** The object as a file: of a deflated one the reader holds the inflated bytes, which nobody can read under its syntax. */
export function fileOf(dataset: Dataset): Buffer {
  if (!dataset.encoding.deflated) return dataset.bytes;
  const file = files.get(dataset) ?? rewriteDataset(dataset, () => ({ kind: 'keep' }));
  files.set(dataset, file);
  return file;
}
