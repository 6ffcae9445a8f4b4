import type { Dataset } from '@precedent/dicom';
import { describeImage } from '@precedent/imaging';
import type { ImageDescription, ImagingSandbox, RenderedFrame, RenderOutcome } from '@precedent/imaging';
import type {
  PixelCleaner,
  PixelCleaning,
  PixelMask,
  PixelReplacement,
  PixelRequest,
} from '../domain/pixel-cleaning.ts';
import type { DeviceRules } from './device-rules.ts';
import { ruledOut } from './device-rules.ts';
import { framesOf } from './frame-batches.ts';
import type { FrameSource } from './frame-batches.ts';
import { KnownWords } from './known-words.ts';
import { FrameSearch } from './frame-search.ts';
import { readAgain, replacementOf } from './replacement.ts';
import type { TechnicalMarks } from './technical-marks.ts';
import type { TextFinder } from './text-finder.ts';
import { outsideRegions } from './ultrasound-regions.ts';
import { changedOutside } from './unchanged-outside.ts';

export interface PixelCleanerParts {
  readonly sandbox: Pick<ImagingSandbox, 'render'>;
  readonly finder: Pick<TextFinder, 'find'>;
  readonly marks: TechnicalMarks;
  readonly rules: DeviceRules;
  /** Outside of its ultrasound regions a picture is black, or searched like all of it. */
  readonly ultrasoundOutside: 'blanked' | 'searched';
}

type Held = Extract<PixelCleaning, { kind: 'held' }>;

/** A mask that is not enough is widened by what the second pass found, this often. */
const MAX_PASSES = 4;
const LEFT_DETAIL =
  'Text is still seen in the picture after masking: a steward looks at it, masks it by hand or rejects it.';
const CHANGED_DETAIL =
  'A pixel outside of the masks came out changed: nothing was written. Keep the object for the makers.';

/**
 * Clean Pixel Data (PS3.15 E.3.1): device rules, ultrasound regions and text, on every frame; the masked pixels are decoded
 * and searched again, and compared with the source outside of the masks. What is not proved clean is held.
 */
export class TextPixelCleaner implements PixelCleaner {
  readonly #parts: PixelCleanerParts;

  constructor(parts: PixelCleanerParts) {
    this.#parts = parts;
  }

  async clean(request: PixelRequest): Promise<PixelCleaning> {
    const { dataset } = request;
    const described = describeImage(dataset);
    if (described.kind === 'failed') return undecodable(described);
    const search = new FrameSearch(this.#parts.finder, {
      marks: this.#parts.marks,
      known: new KnownWords(request.evidence),
    });
    const source: FrameSource = { sandbox: this.#parts.sandbox, dataset, image: described.image };
    const found = await search.run(source);
    if (found.kind === 'failed') return undecodable(found);
    const masks = [...this.#rulesFor(dataset, described.image), ...found.masks];
    if (masks.length === 0 && !found.strayBits) return { kind: 'clean', masks };
    return this.#masked(request, source, masks, search);
  }

  #rulesFor(dataset: Dataset, image: ImageDescription): readonly PixelMask[] {
    const outside = this.#parts.ultrasoundOutside === 'blanked' ? outsideRegions(dataset, image) : [];
    const ruled = ruledOut(this.#parts.rules, dataset);
    return Array.from({ length: image.frames }, (_, frame) => [
      ...outside.map((box): PixelMask => ({ ...box, frame, source: 'ultrasound-region' })),
      ...ruled.map((box): PixelMask => ({ ...box, frame, source: 'device-rule' })),
    ]).flat();
  }

  async #masked(
    request: PixelRequest,
    source: FrameSource,
    first: readonly PixelMask[],
    search: FrameSearch,
  ): Promise<PixelCleaning> {
    let masks = first;
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      const made = await replaced(request, source, masks);
      if (made.kind === 'held') return made;
      const output = { ...source, dataset: made.dataset, image: made.image };
      const left = await search.run(output, masks);
      if (left.kind === 'failed') return undecodable(left);
      if (left.strayBits) return { kind: 'held', reason: 'text-left', detail: LEFT_DETAIL };
      if (left.masks.length > 0) {
        masks = [...masks, ...left.masks];
        continue;
      }
      const changed = await changedOutside(source, output, masks);
      if (changed.kind === 'failed') return undecodable(changed);
      if (changed.kind === 'changed') return { kind: 'held', reason: 'malformed', detail: CHANGED_DETAIL };
      return { kind: 'clean', masks, replacement: made.replacement };
    }
    return { kind: 'held', reason: 'text-left', detail: LEFT_DETAIL };
  }
}

function undecodable({ reason, detail }: Omit<Extract<RenderOutcome, { kind: 'failed' }>, 'kind'>): Held {
  const sentence = `Text in the picture could not be looked for (${reason}): ${detail}.`;
  return { kind: 'held', reason: 'undecodable', detail: sentence };
}

type Replaced =
  | Held
  | {
      readonly kind: 'replaced';
      readonly replacement: PixelReplacement;
      /** The object with its new pixels and nothing else changed: read again, it is what the second pass looks at. */
      readonly dataset: Dataset;
      readonly image: ImageDescription;
    };

async function replaced(
  { dataset, picture }: PixelRequest,
  source: FrameSource,
  masks: readonly PixelMask[],
): Promise<Replaced> {
  const frames: RenderedFrame[] = [];
  for await (const outcome of framesOf(source, { kind: 'masked', masks })) {
    if (outcome.kind === 'failed') return undecodable(outcome);
    frames.push(...outcome.frames);
  }
  const replacement = replacementOf(picture, source.image, frames);
  if (replacement === undefined) return { kind: 'held', reason: 'malformed', detail: CHANGED_DETAIL };
  const again = readAgain(dataset, replacement);
  return again === undefined
    ? { kind: 'held', reason: 'malformed', detail: CHANGED_DETAIL }
    : { kind: 'replaced', replacement, ...again };
}
