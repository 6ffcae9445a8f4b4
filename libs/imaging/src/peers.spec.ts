// Real: the sandbox with all its decoders; pydicom, GDCM and OpenJPEG in a Python process and DCMTK as the second opinion; the
// objects of shared/data. Fake: nothing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { peerPresent } from '../../../test/support/orthanc.ts';
import { pythonPeerInstalled } from '../../../test/support/python-peer.ts';
import { ImagingSandbox } from './imaging-sandbox.ts';
import { SYNTAX_SUPPORT } from './domain/syntax-support.ts';
import { picturesByPydicom } from './pydicom.testkit.ts';
import { sharedPath } from './test-objects.testkit.ts';
import type { ImageDescription, RenderOutcome } from './domain/types.ts';
import type { PeerPicture } from './pydicom.testkit.ts';

type Rendered = Extract<RenderOutcome, { kind: 'rendered' }>;

/** Objects that pydicom shows and we refuse, and why. */
const REFUSED = new Map([
  ['dcmjs/test/sample-op.dcm', 'a baseline JPEG that calls itself lossless'],
  ['fo-dicom/FO-DICOM.Tests/Test_Data/FreezePattern.dcm', 'malformed'],
  ['fo-dicom/FO-DICOM.Tests/Test_Data/GH364.dcm', 'malformed'],
  ['pydicom/test_files/SC_rgb_jpeg.dcm', 'malformed'],
]);

/** Where pydicom is wrong: it reads the words of a big endian palette as little endian. The same picture in little endian. */
const PYDICOM_IS_WRONG = new Map([
  ['pydicom-data/OBXXXX1A_expb.dcm', 'pydicom-data/OBXXXX1A.dcm'],
  ['pydicom-data/OBXXXX1A_expb_2frame.dcm', 'pydicom-data/OBXXXX1A_2frame.dcm'],
]);

/** JPEG extended of 12 bits. */
const EXTENDED = ['pydicom/test_files/JPEG-lossy.dcm', 'pydicom/test_files/JPGExtended.dcm'];

/** Samples in the form of pydicom's arrays: sign of Bits Stored repeated up to Bits Allocated. */
function asArray(data: Uint8Array, { bitsAllocated, bitsStored, signed, floating }: ImageDescription): Uint8Array {
  if (floating !== undefined || bitsStored === bitsAllocated) return data;
  const bytes = new Uint8Array(data);
  const samples =
    bitsAllocated <= 8 ? bytes : bitsAllocated === 16 ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer);
  const shift = 32 - bitsStored;
  for (let i = 0; i < samples.length; i++)
    samples[i] = signed ? (samples[i]! << shift) >> shift : (samples[i]! << shift) >>> shift;
  return new Uint8Array(samples.buffer);
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Largest difference between our 8-bit levels and pydicom's, and how many pictures were looked at. */
function worstDifference(ours: Rendered, theirs: PeerPicture): number {
  const levels = theirs.levels();
  const { frames } = ours;
  if (frames.reduce((sum, { data }) => sum + data.length, 0) !== levels.length) return Infinity;
  const { abs } = Math;
  let worst = 0;
  let at = 0;
  for (const { data } of frames) {
    for (const level of data) {
      const difference = abs(level - levels[at++]!);
      if (difference > worst) worst = difference;
    }
  }
  return worst;
}

/** pydicom hands out colour that is not RGB as it is stored; ours is RGB always. */
function isComparable({ samplesPerPixel, photometric }: ImageDescription): boolean {
  return samplesPerPixel === 1 || photometric === 'RGB' || photometric === 'YBR_RCT';
}

function filesIn(root: string): string[] {
  const names = readdirSync(root, { recursive: true }).map(String).sort();
  return names.filter((name) => statSync(join(root, name)).isFile() && !/\.(md|csv|txt|jsonl)$/i.test(name));
}

interface Tally {
  readonly wrong: string[];
  readonly onlyTheirs: string[];
  samples: number;
  grey: number;
  colour: number;
  lossy: number;
}

async function compare(sandbox: ImagingSandbox, root: string, theirs: PeerPicture, tally: Tally): Promise<void> {
  if (theirs.error !== undefined) return;
  const source = { path: theirs.path };
  const first = (count: number): number[] => Array.from({ length: count }, (_, frame) => frame);
  const samples = { source, frames: first(theirs.stored?.length ?? 0), target: { kind: 'stored' } } as const;
  const picture = { source, frames: first(theirs.shown), target: { kind: 'display' } } as const;
  const [stored, display] = [await sandbox.render(samples), await sandbox.render(picture)];
  const name = theirs.path.slice(root.length + 1);
  if (stored.kind === 'failed' || display.kind === 'failed') {
    tally.onlyTheirs.push(name);
    return;
  }
  const { image } = stored;
  // A lossy syntax decodes to the same samples only by the same arithmetic: there the display picture is compared.
  if (SYNTAX_SUPPORT.get(image.transferSyntax)?.lossless === true && isComparable(image)) {
    const ours = stored.frames.map(({ data }) => sha256(asArray(data, image)));
    if (JSON.stringify(ours) !== JSON.stringify(theirs.stored)) tally.wrong.push(`${name}: samples`);
    tally.samples++;
  }
  if (theirs.shown === 0) return;
  const worst = worstDifference(display, theirs);
  if (worst > 1) tally.wrong.push(`${name}: display, by ${worst}`);
  tally[image.samplesPerPixel === 3 ? 'colour' : 'grey']++;
  if (SYNTAX_SUPPORT.get(image.transferSyntax)?.lossless === false) tally.lossy++;
}

const dicom = sharedPath('data', 'dicom');
const cases = sharedPath('data', 'cases');
const peer = peerPresent(pythonPeerInstalled(), 'pydicom and GDCM in .precedent/venv-peers (npm test makes it)');

describe('samples are those of pydicom and GDCM, display pictures within 1 of 255', () => {
  let sandbox: ImagingSandbox;
  beforeAll(() => {
    sandbox = new ImagingSandbox();
  });
  afterAll(() => sandbox.stop());

  async function tallyOf(root: string, names: readonly string[]): Promise<Tally> {
    const tally: Tally = { wrong: [], onlyTheirs: [], samples: 0, grey: 0, colour: 0, lossy: 0 };
    const { pictures, remove } = picturesByPydicom(names.map((name) => join(root, name)));
    // One after another: a few hundred pictures at once would fill the memory.
    for (const picture of pictures) await compare(sandbox, root, picture, tally);
    remove();
    return tally;
  }

  // Lower bounds of what both decode, so that a peer that stops reading does not pass for one that agrees.
  const sources = [
    ['pydicom', { samples: 78, grey: 68, colour: 30, lossy: 19 }],
    ['pydicom-data', { samples: 62, grey: 36, colour: 31, lossy: 6 }],
    ['fo-dicom', { samples: 29, grey: 27, colour: 10, lossy: 8 }],
    ['dcmjs', { samples: 5, grey: 6, colour: 0, lossy: 1 }],
  ] as const;
  (dicom === undefined || !peer ? it.skip : it).each(sources)('all of shared/data/dicom/%s', async (source, least) => {
    const root = dicom ?? '';
    const names = filesIn(root).filter((name) => name.startsWith(`${source}/`) && !PYDICOM_IS_WRONG.has(name));
    const { wrong, onlyTheirs, ...counts } = await tallyOf(root, names);
    expect(wrong).toEqual([]);
    expect(onlyTheirs.filter((name) => !REFUSED.has(name))).toEqual([]);
    for (const kind of ['samples', 'grey', 'colour', 'lossy'] as const) {
      expect([kind, counts[kind]]).toEqual([kind, Math.max(least[kind], counts[kind])]);
    }
  });

  it.each([...PYDICOM_IS_WRONG])('%s, where pydicom is wrong, is %s', async (one, other) => {
    if (dicom === undefined) return;
    const digests = [one, other].map(async (name) => {
      const request = { source: { path: join(dicom, name) }, frames: 'all', target: { kind: 'display' } } as const;
      return digestsOf(await sandbox.render(request));
    });
    expect(await digests[0]).toEqual(await digests[1]);
  });

  (cases === undefined || !peer ? it.skip : it)('every tenth file of the case pack', async () => {
    const root = cases ?? '';
    const lines = readFileSync(join(root, 'manifest.jsonl'), 'utf8').trim().split('\n');
    const paths = lines.map((line) => (JSON.parse(line) as { path: string }).path);
    const names = paths.filter((_, i) => i % 10 === 5);
    const { wrong, onlyTheirs, ...counts } = await tallyOf(root, names);
    expect([wrong, onlyTheirs]).toEqual([[], []]);
    expect([counts.samples, counts.grey + counts.colour]).toEqual([names.length, names.length]);
  });

  // GDCM refuses the objects of this syntax that we have; DCMTK decodes them by the same IJG 6b of 12 bits.
  const dcmdjpeg = peerPresent(spawnSync('dcmdjpeg', ['--version']).error === undefined, 'dcmdjpeg (Debian: dcmtk)');
  (dicom === undefined || !dcmdjpeg ? it.skip : it).each(EXTENDED)('%s, by DCMTK', async (name) => {
    const path = join(dicom ?? '', name);
    const folder = mkdtempSync(join(tmpdir(), 'imaging-dcmtk-'));
    const plain = join(folder, 'plain.dcm');
    expect(spawnSync('dcmdjpeg', [path, plain]).status).toBe(0);
    const [ours, theirs] = [path, plain].map((source) =>
      sandbox.render({ source: { path: source }, frames: 'all', target: { kind: 'stored' } }),
    );
    expect(digestsOf((await ours)!)).toEqual(digestsOf((await theirs)!));
    rmSync(folder, { recursive: true });
  });
});

function digestsOf(outcome: RenderOutcome): string[] {
  if (outcome.kind === 'failed') throw new Error(outcome.detail);
  return outcome.frames.map(({ data }) => sha256(asArray(data, outcome.image)));
}
