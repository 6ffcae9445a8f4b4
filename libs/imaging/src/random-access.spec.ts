// Real: files on disk, the sandbox's child process, its resident memory as the kernel counts it; the objects of shared/data.
// Fake: the large objects, whose pixels are holes in sparse files but for the frames that are looked at.
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readDataset } from '@precedent/dicom';
import { openWithoutPixels } from './adapters/pixels-left-in-file.ts';
import { frameBytes, frameRanges } from './domain/frame-ranges.ts';
import { pixelElement } from './domain/pixel-place.ts';
import { readPixelHeader } from './domain/read-header.ts';
import { ImagingSandbox } from './imaging-sandbox.ts';
import { datasetOf, imageFile, sharedPath } from './test-objects.testkit.ts';
import type { ByteRange } from '@precedent/dicom';
import type { RandomAccess } from './adapters/pixels-left-in-file.ts';
import type { TestImage } from './test-objects.testkit.ts';

const FRAMES = 1000;
const SIDE = 512;
const FRAME_BYTES = SIDE * SIDE * 2;
/** Half of what the pixels take: a child that held them all could not stay below it. */
const MOST_RESIDENT_BYTES = (FRAMES * FRAME_BYTES) / 2;

const folder = mkdtempSync(join(tmpdir(), 'imaging-frames-'));
afterAll(() => rmSync(folder, { recursive: true }));

const image: TestImage = {
  rows: SIDE,
  columns: SIDE,
  frames: FRAMES,
  allocated: 16,
  pixels: { bytes: Buffer.alloc(2) },
  more: [
    { tag: 0x00281050, vr: 'DS', value: { text: '500.5' } },
    { tag: 0x00281051, vr: 'DS', value: { text: '1001' } },
  ],
};

/** Frame `frame` begins with the value `frame`; all else is zero, and takes no place on the disk. */
function writeNative(path: string): void {
  const bytes = imageFile(image);
  const { valueStart } = pixelElement(datasetOf(bytes))!;
  bytes.writeUInt32LE(FRAMES * FRAME_BYTES, valueStart - 4);
  const file = openSync(path, 'w');
  writeSync(file, bytes.subarray(0, valueStart), 0, valueStart, 0);
  for (let frame = 0; frame < FRAMES; frame++)
    writeSync(file, Uint16Array.of(frame), 0, 2, valueStart + frame * FRAME_BYTES);
  ftruncateSync(file, valueStart + FRAMES * FRAME_BYTES);
  closeSync(file);
}

/** The same picture, one fragment a frame (Encapsulated Uncompressed), with an empty Basic Offset Table. */
function writeEncapsulated(path: string): void {
  const bytes = imageFile({ ...image, syntax: '1.2.840.10008.1.2.1.98', pixels: { fragments: [Buffer.alloc(0)] } });
  const table = pixelElement(datasetOf(bytes))!.fragments![0]!;
  const file = openSync(path, 'w');
  writeSync(file, bytes.subarray(0, table.end), 0, table.end, 0);
  const item = Buffer.from('feff00e000000000', 'hex');
  item.writeUInt32LE(FRAME_BYTES, 4);
  let at = table.end;
  for (let frame = 0; frame < FRAMES; frame++, at += 8 + FRAME_BYTES) {
    writeSync(file, Buffer.concat([item, Buffer.from(Uint16Array.of(frame).buffer)]), 0, 10, at);
  }
  writeSync(file, Buffer.from('feffdde000000000', 'hex'), 0, 8, at);
  closeSync(file);
}

/** Largest resident memory so far of the one child of this process that is the sandbox's, in bytes (`VmHWM`). */
function peakOf(child: number): number {
  const status = readFileSync(`/proc/${child}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

function childrenOfThis(): Set<number> {
  const threads = readdirSync('/proc/self/task');
  const lists = threads.map((thread) => readFileSync(`/proc/self/task/${thread}/children`, 'utf8').trim());
  return new Set(lists.flatMap((list) => (list === '' ? [] : list.split(' ').map(Number))));
}

describe(`an object of ${FRAMES} frames, ${(FRAMES * FRAME_BYTES) / 1024 ** 2} MiB of pixels`, () => {
  it.each([
    ['native', writeNative],
    ['encapsulated', writeEncapsulated],
  ])('%s: frames are read one by one; the child never holds them all', async (name, write) => {
    const path = join(folder, `${name}.dcm`);
    write(path);
    const before = childrenOfThis();
    const sandbox = new ImagingSandbox();
    try {
      for (const frames of [[0], [999], [500, 1], [250]]) {
        const outcome = await sandbox.render({ source: { path }, frames, target: { kind: 'stored' } });
        if (outcome.kind === 'failed') throw new Error(outcome.detail);
        expect(outcome.frames.map(({ data }) => data[0]! + 256 * data[1]!)).toEqual(frames);
        expect(outcome.frames[0]!.data).toHaveLength(FRAME_BYTES);
      }
      const [child, ...others] = [...childrenOfThis()].filter((pid) => !before.has(pid));
      expect(others).toEqual([]);
      expect(peakOf(child!)).toBeLessThan(MOST_RESIDENT_BYTES);
    } finally {
      await sandbox.stop();
      rmSync(path);
    }
  });
});

function inMemory(bytes: Buffer): RandomAccess & { readonly reads: ByteRange[] } {
  const reads: ByteRange[] = [];
  const read = ({ start, end }: ByteRange): Buffer => {
    reads.push({ start, end });
    return Buffer.from(bytes.subarray(start, end));
  };
  return { size: bytes.length, reads, read };
}

describe('an object opened without its pixels', () => {
  const pixels = { bytes: Buffer.from([1, 2, 3, 4]) };
  const icon = [
    { tag: 0x00280010, vr: 'US' as const, value: { numbers: [1] } },
    { tag: 0x7fe00010, vr: 'OB' as const, value: { bytes: Buffer.from([9, 9]) } },
  ];

  it('is not taken in by the pixels of an icon, nor by a value that looks like the tag', () => {
    const more = [
      { tag: 0x00204000, value: { text: 'AA\x1fAA' } },
      { tag: 0x00880200, value: { items: [icon] } },
      { tag: 0x00091001, vr: 'OB' as const, value: { bytes: Buffer.from('e07f10004f4200000200000001020000', 'hex') } },
      { tag: 0x00090010, value: { text: 'MAKER' } },
    ];
    for (const syntax of ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1']) {
      const bytes = imageFile({ rows: 2, columns: 2, pixels, more, syntax });
      const found = openWithoutPixels(inMemory(bytes));
      expect(bytes.subarray(found!.place.value.start, found!.place.value.end)).toEqual(pixels.bytes);
    }
  });

  it.each(['1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99'])('%s is left to be read whole', (syntax) => {
    expect(openWithoutPixels(inMemory(imageFile({ rows: 2, columns: 2, pixels, syntax })))).toBeUndefined();
  });

  it('of a length that leaves the file, or of fragments that do, is left to be read whole', () => {
    const bytes = imageFile({ rows: 2, columns: 2, pixels });
    expect(openWithoutPixels(inMemory(bytes.subarray(0, -1)))).toBeUndefined();
    const fragments = [Buffer.alloc(0), Buffer.alloc(50)];
    const encapsulated = imageFile({ rows: 2, columns: 2, pixels: { fragments }, syntax: '1.2.840.10008.1.2.5' });
    for (const cut of [1, 9, 30, 58]) {
      expect(openWithoutPixels(inMemory(encapsulated.subarray(0, encapsulated.length - cut)))).toBeUndefined();
    }
  });
});

const shared = sharedPath('data', 'dicom');
(shared === undefined ? describe.skip : describe)(
  'the objects of shared/data/dicom, opened without their pixels',
  () => {
    it('have the frames that they have when they are read whole', () => {
      const root = shared ?? '';
      let compared = 0;
      for (const name of readdirSync(root, { recursive: true }).map(String).sort()) {
        if (!statSync(join(root, name)).isFile()) continue;
        const bytes = readFileSync(join(root, name));
        const whole = readDataset(bytes);
        const left = openWithoutPixels(inMemory(bytes));
        if (whole.kind === 'rejected') {
          expect([name, left]).toEqual([name, undefined]);
          continue;
        }
        if (left === undefined) continue;
        compared++;
        const frames = framesOf(
          () => frameRanges(whole.dataset, readPixelHeader(whole.dataset).image),
          whole.dataset.bytes,
        );
        const again = framesOf(() => frameRanges(left.dataset, readPixelHeader(left.dataset).image, left.place), bytes);
        expect([name, again]).toEqual([name, frames]);
      }
      expect(compared).toBeGreaterThan(150);
    });

    /** Each frame's bytes, or the reason why they cannot be told. */
    function framesOf(ranges: () => readonly (readonly ByteRange[])[], bytes: Buffer): readonly string[] | string {
      try {
        return ranges().map((own) => Buffer.from(frameBytes({ bytes }, own)).toString('base64'));
      } catch (refusal) {
        return (refusal as Error).message;
      }
    }
  },
);
