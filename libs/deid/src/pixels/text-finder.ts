import type { TensorSession } from '@precedent/inference';
import { grown, resampled } from './picture.ts';
import type { Box, GreyPicture } from './picture.ts';
import { linesOf } from './text-map.ts';
import type { DetectedLine } from './text-map.ts';
import { readingsOf } from './text-reader.ts';
import type { Reading } from './text-reader.ts';

/** A line of text, maybe: where, in pixels of the picture, and what it says. */
export interface FoundLine extends DetectedLine, Reading {}

/** Channel order and values of PaddleOCR's own preprocessing (`det_mv3_db.yml`, `rec_ppocr_v4.yml`); grey, so order does not matter. */
const DETECTOR_INPUT = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;
const READER_INPUT = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] } as const;
/** Text at the very edge is lost without it (measured, handbook section 5.1). */
const BORDER = 32;
const MULTIPLE = 32;
/** Long side that the detector sees. Letters of 8 px need doubling; what is larger is brought down. */
const LONG_SIDE = 960;
const MAX_ENLARGED = 2;
/** Large pictures are brought down no further than this and cut into tiles: letters of 16 px stay 8. */
const MAX_REDUCED = 0.5;
const TILE = 1024;
const TILE_OVERLAP = 128;
const READER_HEIGHT = 48;
const READER_MAX_WIDTH = 640;
const READER_BATCH = 6;
/** How far beyond the detector's region its letters reach, in heights of the region. */
const READ_MARGIN = 0.6;

/** Detector and recogniser over one grey picture at a time. */
export class TextFinder {
  readonly #session: Pick<TensorSession, 'run'>;
  readonly #alphabet: readonly string[];

  constructor(session: Pick<TensorSession, 'run'>, alphabet: readonly string[]) {
    this.#session = session;
    this.#alphabet = alphabet;
  }

  /** @throws CodedError of the session */
  async find(picture: GreyPicture): Promise<readonly FoundLine[]> {
    const scale = Math.max(MAX_REDUCED, Math.min(MAX_ENLARGED, LONG_SIDE / Math.max(picture.width, picture.height)));
    const lines: DetectedLine[] = [];
    for (const tile of tilesOf(picture, scale)) lines.push(...(await this.#detect(picture, tile, scale)));
    const readings = await this.#read(picture, lines);
    return lines.map((line, index) => ({ ...line, ...(readings[index] ?? { text: '', confidence: 0 }) }));
  }

  async #detect(picture: GreyPicture, tile: Box, scale: number): Promise<readonly DetectedLine[]> {
    const [inWidth, inHeight] = [Math.round(tile.width * scale), Math.round(tile.height * scale)];
    const inner = resampled(picture, tile, inWidth, inHeight);
    const width = Math.ceil((inWidth + 2 * BORDER) / MULTIPLE) * MULTIPLE;
    const height = Math.ceil((inHeight + 2 * BORDER) / MULTIPLE) * MULTIPLE;
    const pixels = new Uint8Array(width * height);
    for (let y = 0; y < inHeight; y++)
      pixels.set(inner.subarray(y * inWidth, (y + 1) * inWidth), (y + BORDER) * width + BORDER);
    const { values } = await this.#session.run(
      'detector',
      { count: 1, width, height, pixels, ...DETECTOR_INPUT },
      'whole',
    );
    return linesOf({ width, height, values }).map((line) => ({
      x: tile.x + (line.x - BORDER) / scale,
      y: tile.y + (line.y - BORDER) / scale,
      width: line.width / scale,
      height: line.height / scale,
      certainty: line.certainty,
    }));
  }

  /** Lines of like length share a run: a batch is as wide as its longest. */
  async #read(picture: GreyPicture, lines: readonly DetectedLine[]): Promise<readonly Reading[]> {
    const readings: Reading[] = [];
    const sized = lines.map((line, index) => {
      const box = grown(line, READ_MARGIN * line.height, READ_MARGIN * line.height);
      return {
        index,
        box,
        width: Math.max(16, Math.min(READER_MAX_WIDTH, Math.ceil((READER_HEIGHT * box.width) / box.height))),
      };
    });
    sized.sort((a, b) => a.width - b.width);
    for (let from = 0; from < sized.length; from += READER_BATCH) {
      const batch = sized.slice(from, from + READER_BATCH);
      const read = await this.#readBatch(picture, batch);
      batch.forEach(({ index }, at) => (readings[index] = read[at] ?? { text: '', confidence: 0 }));
    }
    return readings;
  }

  async #readBatch(
    picture: GreyPicture,
    batch: readonly { readonly box: Box; readonly width: number }[],
  ): Promise<readonly Reading[]> {
    const width = Math.ceil(Math.max(...batch.map((one) => one.width)) / MULTIPLE) * MULTIPLE;
    const plane = width * READER_HEIGHT;
    // Grey is what a padded input is filled with: 127.5 is 0 after normalising.
    const pixels = new Uint8Array(batch.length * plane).fill(127);
    batch.forEach((one, item) => {
      const line = resampled(picture, one.box, one.width, READER_HEIGHT);
      for (let y = 0; y < READER_HEIGHT; y++)
        pixels.set(line.subarray(y * one.width, (y + 1) * one.width), item * plane + y * width);
    });
    const input = { count: batch.length, width, height: READER_HEIGHT, pixels, ...READER_INPUT };
    return readingsOf(await this.#session.run('recogniser', input, 'best'), this.#alphabet);
  }
}

/** The picture in overlapping parts that the detector can take; one, mostly. */
export function tilesOf(
  { width, height }: { readonly width: number; readonly height: number },
  scale: number,
): readonly Box[] {
  const along = (length: number): readonly (readonly [number, number])[] => {
    const step = (TILE - TILE_OVERLAP) / scale;
    const size = TILE / scale;
    if (length <= size * 1.25) return [[0, length]];
    const count = Math.ceil((length - TILE_OVERLAP / scale) / step);
    return Array.from({ length: count }, (_, i) => [i * step, Math.min(length, i * step + size) - i * step] as const);
  };
  return along(height).flatMap(([y, tall]) => along(width).map(([x, wide]) => ({ x, y, width: wide, height: tall })));
}
