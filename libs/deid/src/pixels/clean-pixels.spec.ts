import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DEFLATED_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  tagOf,
} from '@precedent/dicom';
import type { NewElement } from '@precedent/dicom';
import { encodeFrames, ImagingSandbox } from '@precedent/imaging';
import type { EncodeSyntax } from '@precedent/imaging';
import { openPixelCleaner } from '../adapters/pixel-cleaner.ts';
import type { OpenPixelCleaner } from '../adapters/pixel-cleaner.ts';
import { leavesOf, mustRead, pictureOf } from '../corpus.testkit.ts';
import { gatherEvidence } from '../domain/evidence.ts';
import type { PixelCleaning } from '../domain/pixel-cleaning.ts';
import { el, sampleObject } from '../object.testkit.ts';
import { drawText, noise, widthOf } from './text-drawing.testkit.ts';
import { fileOf } from './frame-batches.ts';
import { readAgain } from './replacement.ts';

const ROWS = 160;
const COLUMNS = 256;
const RLE = '1.2.840.10008.1.2.5';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';

let open: OpenPixelCleaner;
let sandbox: ImagingSandbox;
beforeAll(async () => {
  open = await openPixelCleaner();
  sandbox = new ImagingSandbox();
});
afterAll(async () => {
  await Promise.all([open.close(), sandbox.stop()]);
});

interface Planted {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

const NAME: Planted = { text: 'ROSSLER ULRIKE', x: 20, y: 20, scale: 2 };

/** Levels 0..255 of one frame with texts in it. */
function frameWith(texts: readonly Planted[], seed = 1): Uint8Array {
  const levels = noise(COLUMNS, ROWS, seed);
  for (const { text, x, y, scale } of texts) drawText(levels, COLUMNS, { text, x, y, scale, level: 255 });
  return levels;
}

function objectOf(
  frames: readonly Uint8Array[],
  changes: readonly NewElement[] = [],
  { syntax = EXPLICIT_LITTLE_ENDIAN, pixels }: { syntax?: string; pixels?: NewElement } = {},
): Buffer {
  const own = new Map<number, NewElement>();
  const base = [
    el('Rows', [ROWS]),
    el('Columns', [COLUMNS]),
    el('NumberOfFrames', String(frames.length)),
    el('BitsAllocated', [8]),
    el('BitsStored', [8]),
    el('HighBit', [7]),
    pixels ?? el('PixelData', Buffer.concat(frames), syntax === EXPLICIT_BIG_ENDIAN ? 'OB' : 'OW'),
  ];
  for (const element of [...base, ...changes]) own.set(element.tag, element);
  return sampleObject([...own.values()], { syntax });
}

async function clean(bytes: Buffer): Promise<PixelCleaning> {
  const dataset = mustRead(bytes);
  const picture = dataset.elements.find(({ tag }) => tag === tagOf('PixelData'));
  if (picture === undefined) throw new Error('no picture');
  return open.cleaner.clean({ dataset, picture, evidence: gatherEvidence(dataset) });
}

async function stored(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
  const outcome = await sandbox.render({ source: { bytes }, frames: 'all', target: { kind: 'stored' } });
  if (outcome.kind === 'failed') throw new Error(outcome.detail);
  return outcome.frames.map(({ data }) => data);
}

/** Cleans, and checks every law that holds for any object with text in it. */
async function mustMask(bytes: Buffer, planted: readonly (Planted & { frame: number })[]) {
  const cleaning = await clean(bytes);
  if (cleaning.kind === 'held') throw new Error(`held: ${cleaning.reason} ${cleaning.detail}`);
  const { masks, replacement } = cleaning;
  if (replacement === undefined) throw new Error('nothing was masked');
  for (const { frame, text, x, y, scale } of planted) {
    const own = masks.filter((mask) => mask.frame === frame);
    for (const [px, py] of [
      [x, y],
      [x + widthOf(text, scale) - 1, y + 7 * scale - 1],
    ] as const) {
      const isCovered = own.some((m) => px >= m.x && px < m.x + m.width && py >= m.y && py < m.y + m.height);
      expect([frame, text, px, py, isCovered]).toEqual([frame, text, px, py, true]);
    }
  }
  const again = readAgain(mustRead(bytes), replacement);
  if (again === undefined) throw new Error('not read again');
  const [before, after] = [await stored(bytes), await stored(fileOf(again.dataset))];
  before.forEach((frame, at) => {
    const size = frame.length / (ROWS * COLUMNS);
    const own = masks.filter((mask) => mask.frame === at);
    let changed = 0;
    frame.forEach((value, i) => {
      const [x, y] = [Math.floor(i / size) % COLUMNS, Math.floor(i / size / COLUMNS)];
      const inside = own.some((m) => x >= m.x && x < m.x + m.width && y >= m.y && y < m.y + m.height);
      if (!inside && value !== after[at]![i]) changed += 1;
    });
    expect(changed).toBe(0);
  });
  const once = await clean(fileOf(again.dataset));
  expect(once).toMatchObject({ kind: 'clean', masks: [] });
  return { masks, replacement, dataset: again.dataset };
}

describe('Clean Pixel Data (real: models, both kinds of child processes, codecs, rules; fake: the pictures, which are drawn)', () => {
  it('loses no byte of a picture without text', async () => {
    expect(await clean(objectOf([frameWith([])]))).toEqual({ kind: 'clean', masks: [] });
  }, 120_000);

  it('keeps what says how a picture was made', async () => {
    const technical = [
      { text: 'SUPINE', x: 20, y: 70, scale: 2 },
      { text: 'R', x: 220, y: 20, scale: 3 },
    ];
    expect(await clean(objectOf([frameWith(technical)]))).toMatchObject({ kind: 'clean', masks: [] });
  }, 120_000);

  it.each([
    ['top left corner, cut by the edge', { ...NAME, x: -4, y: -2 }],
    ['at the lower edge', { ...NAME, y: ROWS - 14 }],
    ['small', { ...NAME, text: '283-58-5757', scale: 1 }],
    ['large', { ...NAME, text: 'MRN 88412', x: 10, y: 60, scale: 4 }],
  ])(
    'masks text: %s',
    async (_, text) => {
      const inside = { ...text, x: Math.max(0, text.x), y: Math.max(0, text.y), frame: 0 };
      const shown = text.x < 0 ? { ...inside, text: text.text.slice(0, -1) } : inside;
      await mustMask(objectOf([frameWith([text])]), [shown]);
    },
    120_000,
  );

  it.each([EXPLICIT_BIG_ENDIAN, IMPLICIT_LITTLE_ENDIAN, DEFLATED_LITTLE_ENDIAN])(
    '16 bits a sample in %s, text at the highest value',
    async (syntax) => {
      const levels = frameWith([NAME]);
      const words = Uint16Array.from(levels, (level) => (level === 255 ? 4095 : level * 4));
      const pixels = Buffer.from(words.buffer);
      if (syntax === EXPLICIT_BIG_ENDIAN) pixels.swap16();
      const changes = [el('BitsAllocated', [16]), el('BitsStored', [12]), el('HighBit', [11])];
      const bytes = objectOf([levels], changes, { syntax, pixels: el('PixelData', pixels, 'OW') });
      expect((await mustMask(bytes, [{ ...NAME, frame: 0 }])).replacement.transferSyntax).toBe(syntax);
    },
    120_000,
  );

  it('text that no window shows: far below what the window of the object lets through', async () => {
    const levels = frameWith([]);
    const words = Uint16Array.from(levels, (level) => 2000 + level);
    const hidden = new Uint8Array(levels.length);
    drawText(hidden, COLUMNS, { ...NAME, level: 1 });
    hidden.forEach((on, i) => (words[i] = on === 1 ? 900 : (words[i] ?? 0)));
    // Half of the picture lies below the window too, so that a viewer shows the text black on black.
    for (let i = 0; i < (ROWS / 2) * COLUMNS; i++) if (hidden[i] === 0) words[i] = 1200;
    const changes = [
      el('BitsAllocated', [16]),
      el('BitsStored', [12]),
      el('HighBit', [11]),
      el('WindowCenter', '2128'),
      el('WindowWidth', '256'),
    ];
    await mustMask(objectOf([levels], changes, { pixels: el('PixelData', Buffer.from(words.buffer), 'OW') }), [
      { ...NAME, frame: 0 },
    ]);
  }, 120_000);

  it('text on one frame of several, and bytes of the others untouched', async () => {
    const frames = [frameWith([]), frameWith([NAME], 2), frameWith([], 3)];
    const { masks, dataset } = await mustMask(objectOf(frames), [{ ...NAME, frame: 1 }]);
    expect(new Set(masks.map(({ frame }) => frame))).toEqual(new Set([1]));
    const after = pictureOf(dataset);
    expect(after.subarray(0, ROWS * COLUMNS).equals(Buffer.from(frames[0]!))).toBe(true);
    expect(after.subarray(2 * ROWS * COLUMNS).equals(Buffer.from(frames[2]!))).toBe(true);
  }, 120_000);

  it.each([RLE, JPEG_LS, JPEG_2000] as EncodeSyntax[])(
    'lossless %s stays what it is',
    async (syntax) => {
      const frame = frameWith([NAME]);
      const shape = {
        rows: ROWS,
        columns: COLUMNS,
        samplesPerPixel: 1,
        bitsAllocated: 8,
        bitsStored: 8,
        signed: false,
      } as const;
      const streams = await encodeFrames({ ...shape, frames: [frame] }, syntax);
      const fragments = [Buffer.alloc(0), ...streams.map((stream) => Buffer.from(stream))];
      const pixels: NewElement = { tag: tagOf('PixelData'), vr: 'OB', value: { fragments } };
      const { replacement } = await mustMask(objectOf([frame], [], { syntax, pixels }), [{ ...NAME, frame: 0 }]);
      expect(replacement.transferSyntax).toBe(syntax);
    },
    120_000,
  );

  it('MONOCHROME1 and colour by plane: black where a viewer shows black, and described as it was', async () => {
    const inverted = frameWith([NAME]).map((level) => 255 - level);
    await mustMask(objectOf([inverted], [el('PhotometricInterpretation', 'MONOCHROME1')]), [{ ...NAME, frame: 0 }]);
    const grey = frameWith([NAME]);
    const planes = Buffer.concat([grey, grey, grey]);
    const changes = [
      el('SamplesPerPixel', [3]),
      el('PhotometricInterpretation', 'RGB'),
      el('PlanarConfiguration', [1]),
    ];
    const { dataset } = await mustMask(objectOf([grey], changes, { pixels: el('PixelData', planes, 'OW') }), [
      { ...NAME, frame: 0 },
    ]);
    expect(leavesOf(dataset).find(({ path }) => path === '(0028,0006)')).toBeDefined();
  }, 240_000);

  it('an overlay in bits above Bits Stored goes, values stay', async () => {
    const levels = frameWith([]);
    const words = Uint16Array.from(levels, (level, i) => level * 16 + (i % 97 === 0 ? 0x8000 : 0));
    const changes = [el('BitsAllocated', [16]), el('BitsStored', [12]), el('HighBit', [11])];
    const cleaning = await clean(
      objectOf([levels], changes, { pixels: el('PixelData', Buffer.from(words.buffer), 'OW') }),
    );
    if (cleaning.kind === 'held' || cleaning.replacement === undefined) throw new Error('not cleaned');
    const [pixels] = cleaning.replacement.elements;
    const value = pixels !== undefined && 'bytes' in pixels.value ? pixels.value.bytes : Buffer.alloc(0);
    expect(value.equals(Buffer.from(Uint16Array.from(levels, (level) => level * 16).buffer))).toBe(true);
  }, 120_000);

  it('what cannot be decoded is held with a reason', async () => {
    const pixels: NewElement = {
      tag: tagOf('PixelData'),
      vr: 'OB',
      value: { fragments: [Buffer.alloc(0), Buffer.from('no stream')] },
    };
    const cleaning = await clean(objectOf([frameWith([])], [], { syntax: JPEG_LS, pixels }));
    expect(cleaning).toMatchObject({ kind: 'held', reason: 'undecodable' });
  }, 60_000);
});
