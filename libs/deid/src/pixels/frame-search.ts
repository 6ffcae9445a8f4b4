import { createHash } from 'node:crypto';
import type { RenderedFrame, RenderOutcome } from '@precedent/imaging';
import type { PixelMask } from '../domain/pixel-cleaning.ts';
import { framesOf } from './frame-batches.ts';
import type { FrameSource } from './frame-batches.ts';
import type { Box, GreyPicture } from './picture.ts';
import { isWithin, searchFrame } from './search-frame.ts';
import type { TextFinder } from './text-finder.ts';
import type { GateOptions } from './text-gate.ts';

export type Search =
  | { readonly kind: 'searched'; readonly masks: readonly PixelMask[]; readonly strayBits: boolean }
  | Extract<RenderOutcome, { kind: 'failed' }>;

/** Text on every frame of an object; of identical frames one is searched. */
export class FrameSearch {
  readonly #finder: Pick<TextFinder, 'find'>;
  readonly #options: GateOptions;
  /** By what all looks of a frame hold. */
  readonly #known = new Map<string, readonly Box[]>();

  constructor(finder: Pick<TextFinder, 'find'>, options: GateOptions) {
    this.#finder = finder;
    this.#options = options;
  }

  /** @param already masks that are there: what lies within one of them is no news */
  async run(source: FrameSource, already: readonly PixelMask[] = []): Promise<Search> {
    const masks: PixelMask[] = [];
    let strayBits = false;
    for await (const outcome of framesOf(source, { kind: 'text' })) {
      if (outcome.kind === 'failed') return outcome;
      for (const frame of outcome.frames) {
        strayBits ||= frame.strayBits === true;
        const there = already.filter((mask) => mask.frame === frame.frame);
        const boxes = (await this.#boxesOn(frame)).filter((box) => !isWithin(box, there));
        masks.push(...boxes.map((box): PixelMask => ({ ...box, frame: frame.frame, source: 'text' })));
      }
    }
    return { kind: 'searched', masks, strayBits };
  }

  async #boxesOn(frame: RenderedFrame): Promise<readonly Box[]> {
    const key = createHash('sha256').update(frame.data).digest('hex');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const boxes = await searchFrame(looksOf(frame), this.#finder, this.#options);
    this.#known.set(key, boxes);
    return boxes;
  }
}

/** The looks lie one after another. */
function looksOf({ width, height, data }: RenderedFrame): readonly GreyPicture[] {
  const size = width * height;
  return Array.from({ length: data.length / size }, (_, look) => {
    return { width, height, pixels: data.subarray(look * size, (look + 1) * size) };
  });
}
