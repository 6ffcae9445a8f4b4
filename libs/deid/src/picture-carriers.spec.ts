import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { encodeFrames, ImagingSandbox } from '@precedent/imaging';
import { jpeg2000Carriers, jpegCarriers, rleCarriers } from './domain/blank-stream.ts';
import type { Carriers } from './domain/blank-stream.ts';
import { clearUnusedBits } from './domain/unused-bits.ts';
import { CASES, mustRead } from './corpus.testkit.ts';
import { el, mustPass, sampleObject, testDeidentifier } from './object.testkit.ts';

/** Words of a person whom no header names: the leak check does not know them, so only the carriers' cleaning stands between. */
const CANARY = 'KUDEPADE Zqx';
const RLE = '1.2.840.10008.1.2.5';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';

const sandbox = new ImagingSandbox();
afterAll(() => sandbox.stop());

const pixels = Uint8Array.from({ length: 32 * 48 * 2 }, (_, at) => (at % 2 === 0 ? (at * 7) % 251 : at % 15));
const shape = { rows: 32, columns: 48, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 12, signed: false } as const;

async function streamOf(syntax: typeof RLE | typeof JPEG_LS | typeof JPEG_2000): Promise<Buffer> {
  const [stream] = await encodeFrames({ ...shape, frames: [pixels] }, syntax);
  return Buffer.from(stream ?? []);
}

function segment(marker: number, payload: string): Buffer {
  const body = Buffer.from(payload, 'latin1');
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

function insert(stream: Buffer, at: number, what: Buffer): Buffer {
  return Buffer.concat([stream.subarray(0, at), what, stream.subarray(at)]);
}

function objectOf(syntax: string, fragments: readonly Buffer[]): Buffer {
  return sampleObject(
    [el('Rows', [shape.rows]), el('Columns', [shape.columns]), { tag: 0x7fe00010, vr: 'OB', value: { fragments } }],
    { syntax },
  );
}

async function samplesOf(object: Buffer): Promise<string> {
  const outcome = await sandbox.render({ source: { bytes: object }, frames: [0], target: { kind: 'stored' } });
  if (outcome.kind !== 'rendered') throw new Error(outcome.kind);
  return Buffer.from(outcome.frames[0]!.data).toString('hex');
}

describe('what a code stream holds besides samples (real: encoders, decoders, engine; fake: nothing)', () => {
  const cases: readonly [string, string, () => Promise<readonly Buffer[]>][] = [
    [
      'a comment of JPEG-LS',
      JPEG_LS,
      async () => [Buffer.alloc(0), insert(await streamOf(JPEG_LS), 2, segment(0xfe, CANARY))],
    ],
    [
      'an application segment',
      JPEG_LS,
      async () => [Buffer.alloc(0), insert(await streamOf(JPEG_LS), 2, segment(0xed, CANARY))],
    ],
    [
      'a comment of JPEG 2000',
      JPEG_2000,
      async () => {
        const stream = await streamOf(JPEG_2000);
        return [Buffer.alloc(0), insert(stream, 4 + stream.readUInt16BE(4), segment(0x64, `\0\x01${CANARY}`))];
      },
    ],
    [
      'bytes behind the end of JPEG-LS',
      JPEG_LS,
      async () => [Buffer.alloc(0), Buffer.concat([await streamOf(JPEG_LS), Buffer.from(CANARY)])],
    ],
    [
      'bytes behind the last segment of RLE',
      RLE,
      async () => [Buffer.alloc(0), Buffer.concat([await streamOf(RLE), Buffer.from(CANARY)])],
    ],
    [
      'offsets of RLE segments that are not there',
      RLE,
      async () => {
        const stream = await streamOf(RLE);
        stream.write(CANARY, 20, 'latin1');
        return [Buffer.alloc(0), stream];
      },
    ],
    ['a basic offset table of letters', RLE, async () => [Buffer.from(CANARY), await streamOf(RLE)]],
  ];

  it.each(cases)('%s is overwritten; the samples stay', async (_, syntax, make) => {
    const fragments = await make();
    const outcome = mustPass(await (await testDeidentifier()).deidentifyObject(objectOf(syntax, fragments)));
    expect(outcome.bytes.includes(CANARY.slice(0, 8))).toBe(false);
    expect(outcome.actions).toContainEqual({ path: '(7FE0,0010)', rule: 'stream-carriers', action: 'cleaned' });
    expect(await samplesOf(outcome.bytes)).toBe(
      await samplesOf(objectOf(syntax, [Buffer.alloc(0), await streamOf(syntax as typeof RLE)])),
    );
  });

  it.each([JPEG_LS, RLE] as const)('a plain stream of %s stays byte for byte', async (syntax) => {
    const stream = await streamOf(syntax);
    const outcome = mustPass(
      await (await testDeidentifier()).deidentifyObject(objectOf(syntax, [Buffer.alloc(0), stream])),
    );
    expect(outcome.bytes.includes(stream)).toBe(true);
    expect(outcome.actions.filter(({ rule }) => rule === 'stream-carriers')).toEqual([]);
  });

  it('fragments under a transfer syntax that has none are held back', async () => {
    const value = { fragments: [Buffer.alloc(0), await streamOf(RLE)] };
    const bytes = sampleObject(
      [el('Rows', [shape.rows]), el('Columns', [shape.columns]), { tag: 0x7fe00010, vr: 'OB', value }],
      {
        syntax: RLE,
      },
    );
    const at = bytes.indexOf(RLE, 0, 'latin1');
    bytes.write('1.2.840.10008.1.2.1', at, 'latin1');
    const outcome = await (await testDeidentifier()).deidentifyObject(bytes);
    expect(outcome).toMatchObject({ kind: 'quarantined' });
    expect(outcome).not.toMatchObject({
      reason: 'malformed',
      detail: expect.stringContaining('could not be rewritten'),
    });
  });

  it('a stream whose headers cannot be followed is held back', async () => {
    const stream = insert(await streamOf(JPEG_LS), 2, Buffer.from([0xff, 0xfe, 0xff, 0xff]));
    const outcome = await (await testDeidentifier()).deidentifyObject(objectOf(JPEG_LS, [Buffer.alloc(0), stream]));
    expect(outcome).toMatchObject({ kind: 'quarantined', reason: 'undecodable' });
  });
});

function blanked(stream: Buffer, carriers: Carriers): Buffer {
  const copy = Buffer.from(stream);
  for (const { start, end } of carriers ?? []) copy.fill(0, start, end);
  return copy;
}

describe('JPEG segments, by hand (ITU-T T.81 B.2.4)', () => {
  const SOI = Buffer.from([0xff, 0xd8]);
  const EOI = Buffer.from([0xff, 0xd9]);
  const scan = Buffer.concat([segment(0xda, '\x01\x01\0\0\0\0'), Buffer.from([0x12, 0xff, 0, 0x34, 0xff, 0xd3, 0x56])]);

  it('keeps JFIF without its thumbnail, and the marks of colour', () => {
    const jfif = 'JFIF\0\x01\x02\0\0\x01\0\x01';
    const stream = Buffer.concat([
      SOI,
      segment(0xe0, `${jfif}\x01\x01${CANARY}`),
      segment(0xee, 'Adobe\0d\0\0\0\0\x01'),
      segment(0xe8, 'mrfx\x02'),
      scan,
      EOI,
    ]);
    const text = blanked(stream, jpegCarriers(stream)).toString('latin1');
    expect(text).toContain(jfif);
    expect(text).toContain('Adobe\0d\0\0\0\0\x01');
    expect(text).toContain('mrfx\x02');
    expect(text).not.toContain('KUDE');
  });

  it('finds a comment between two scans, and no marker in stuffed bytes and restarts', () => {
    const stream = Buffer.concat([SOI, scan, segment(0xfe, CANARY), scan, EOI]);
    const clean = blanked(stream, jpegCarriers(stream));
    expect(clean.toString('latin1')).not.toContain('KUDE');
    expect(clean.subarray(0, 2 + scan.length)).toEqual(stream.subarray(0, 2 + scan.length));
    expect(clean.subarray(-2 - scan.length)).toEqual(stream.subarray(-2 - scan.length));
  });

  it('never throws and never names a stretch outside, whatever the bytes', () => {
    const inside = (length: number, carriers: Carriers): boolean =>
      carriers?.every(({ start, end }) => start >= 0 && end <= length) ?? true;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const bytes = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 4, 1, 2]), noise]);
        return (
          inside(bytes.length, jpegCarriers(bytes)) &&
          inside(bytes.length, jpeg2000Carriers(bytes)) &&
          inside(bytes.length, rleCarriers(bytes, 64))
        );
      }),
    );
  });
});

describe('bits that are no part of a sample', () => {
  const cell = { allocated: 16, stored: 12, high: 11, signed: false, littleEndian: true };

  it('are cleared above and below the value, in both byte orders', () => {
    expect(clearUnusedBits(Buffer.from([0x34, 0xa2]), cell)).toEqual(Buffer.from([0x34, 0x02]));
    expect(clearUnusedBits(Buffer.from([0xa2, 0x34]), { ...cell, littleEndian: false })).toEqual(
      Buffer.from([0x02, 0x34]),
    );
    expect(clearUnusedBits(Buffer.from([0x3f, 0xa2]), { ...cell, high: 15 })).toEqual(Buffer.from([0x30, 0xa2]));
    expect(clearUnusedBits(Buffer.from([0x85]), { ...cell, allocated: 8, stored: 7, high: 6 })).toEqual(
      Buffer.from([0x05]),
    );
  });

  it('a sign may go on above a negative value, and nothing else', () => {
    expect(clearUnusedBits(Buffer.from([0x30, 0xf8]), { ...cell, signed: true })).toBeUndefined();
    expect(clearUnusedBits(Buffer.from([0x30, 0xa8]), { ...cell, signed: true })).toEqual(Buffer.from([0x30, 0x08]));
    expect(clearUnusedBits(Buffer.from([0x30, 0xf1]), { ...cell, signed: true })).toEqual(Buffer.from([0x30, 0x01]));
  });

  it('what has none, or odd cells, is left alone', () => {
    expect(clearUnusedBits(Buffer.from([0x34, 0xa2]), { ...cell, stored: 16, high: 15 })).toBeUndefined();
    expect(clearUnusedBits(Buffer.from([0x34, 0xa2]), { ...cell, stored: 0 })).toBeUndefined();
    expect(clearUnusedBits(Buffer.from([0x34, 0xa2]), { ...cell, allocated: 1, stored: 1, high: 0 })).toBeUndefined();
  });

  it('text in them does not come out', async () => {
    const hidden = Buffer.alloc(32, 5);
    for (let at = 0; at < 16; at++) hidden[2 * at + 1] = 0x05 | ((CANARY.charCodeAt(at % 8) & 0x0f) << 4);
    const outcome = mustPass(
      await (await testDeidentifier()).deidentifyObject(sampleObject([el('PixelData', hidden)])),
    );
    const { bytes, elements } = mustRead(outcome.bytes);
    const picture = elements.find(({ tag }) => tag === 0x7fe00010)!;
    expect(bytes.subarray(picture.valueStart, picture.valueEnd)).toEqual(Buffer.alloc(32, 5));
  });
});

const FILES = join(CASES, '..', 'dicom');
const here = existsSync(FILES);
if (!here)
  process.stderr.write('\nNOT HERE: ../shared/data/dicom: streams of many makers are NOT followed by this test.\n');

(here ? it : it.skip)('streams of many makers can be followed', async () => {
  const deidentifier = await testDeidentifier();
  const held: string[] = [];
  let passed = 0;
  for (const entry of readdirSync(FILES, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    const outcome = await deidentifier.deidentifyObject(readFileSync(file));
    if (outcome.kind === 'deidentified') passed++;
    else if (outcome.reason === 'undecodable') held.push(entry.name);
  }
  process.stdout.write(`${passed} passed, held for their stream: ${held.join(', ')}\n`);
  expect(held.length).toBeLessThan(8);
});
