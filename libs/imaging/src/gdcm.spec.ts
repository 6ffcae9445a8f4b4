// Real: our decoders, and GDCM's `gdcmconv --raw` as the second opinion, on the objects of shared/data/dicom.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { TRANSFER_SYNTAXES, readDataset } from '@precedent/dicom';
import { storedPatterns } from './domain/samples.ts';
import { renderImage } from './render-image.ts';
import { sharedPath } from './test-objects.testkit.ts';

const folder = sharedPath('data', 'dicom');
const hasGdcm = spawnSync('gdcmconv', ['--version']).error === undefined;
if (!hasGdcm) process.stderr.write('NOT HERE: gdcmconv (Debian: libgdcm-tools); the comparison with GDCM is skipped\n');

/** Where GDCM is wrong: its picture differs from the same picture in another encoding, ours does not (spec below). */
const GDCM_IS_WRONG = new Map([
  ['pydicom/test_files/SC_rgb_rle_16bit.dcm', 'pydicom-data/SC_rgb_16bit.dcm'],
  ['pydicom/test_files/SC_rgb_rle_32bit.dcm', 'pydicom-data/SC_rgb_32bit.dcm'],
  ['pydicom/test_files/SC_rgb_rle_32bit_2frame.dcm', 'pydicom-data/SC_rgb_32bit_2frame.dcm'],
  ['pydicom/test_files/rtdose_expb.dcm', 'pydicom/test_files/rtdose.dcm'],
  ['pydicom/test_files/rtdose_expb_1frame.dcm', 'pydicom/test_files/rtdose_1frame.dcm'],
]);
/** Larger ones take seconds each, and show nothing new. */
const MAX_BYTES = 400_000;
const WORTH_COMPARING = new Set(['rle', 'jpeg-lossless', 'jpeg-ls', 'jpeg-2000', 'htj2k']);

/** All frames' samples, or why there are none; GDCM writes the code stream's Bits Stored where the data set has others. */
async function stored(path: string, bits?: number): Promise<{ bits: number; pixels: Buffer } | undefined> {
  const outcome = await renderImage({ source: { path }, frames: 'all', target: { kind: 'stored' } });
  if (outcome.kind === 'failed') return undefined;
  const { bitsAllocated, bitsStored } = outcome.image;
  if (bitsAllocated === 32) return { bits: 32, pixels: Buffer.concat(outcome.frames.map(({ data }) => data)) };
  const width = bitsAllocated > 8 ? 2 : 1;
  const own = bits ?? Math.min(16, bitsStored);
  return { bits: own, pixels: Buffer.concat(outcome.frames.map(({ data }) => storedPatterns(data, width, own))) };
}

function syntaxOf(path: string): string {
  const outcome = readDataset(readFileSync(path));
  return outcome.kind === 'read' ? outcome.dataset.transferSyntax : '';
}

function isWorthComparing(syntax: string): boolean {
  const entry = TRANSFER_SYNTAXES.get(syntax);
  return entry?.lossless === true && (WORTH_COMPARING.has(entry.codec) || !entry.encoding.littleEndian);
}

const skip = folder === undefined || !hasGdcm;
(skip ? describe.skip : describe)('lossless pictures are those of GDCM', () => {
  const root = folder ?? '';
  const scratch = mkdtempSync(join(tmpdir(), 'imaging-gdcm-'));
  afterAll(() => rmSync(scratch, { recursive: true }));

  it('sample for sample, in every object that both decode', async () => {
    const compared: string[] = [];
    const different: string[] = [];
    for (const file of readdirSync(root, { recursive: true }).map(String).sort()) {
      if (!statSync(join(root, file)).isFile() || GDCM_IS_WRONG.has(file)) continue;
      const path = join(root, file);
      const { size } = statSync(path);
      if (size > MAX_BYTES || !isWorthComparing(syntaxOf(path))) continue;
      const ours = await stored(path);
      if (ours === undefined) continue;
      const raw = join(scratch, 'raw.dcm');
      if (spawnSync('gdcmconv', ['--raw', path, raw]).status !== 0) continue;
      const theirs = await stored(raw, ours.bits);
      if (theirs === undefined) continue;
      compared.push(file);
      if (!ours.pixels.equals(theirs.pixels)) different.push(file);
    }
    expect(different).toEqual([]);
    expect(compared.length).toBeGreaterThan(40);
  });
});

(folder === undefined ? describe.skip : describe)('where GDCM differs', () => {
  it.each([...GDCM_IS_WRONG])('%s shows the picture of %s', async (one, other) => {
    const [a, b] = [await stored(join(folder ?? '', one)), await stored(join(folder ?? '', other))];
    expect(a).toBeDefined();
    expect(a!.pixels.equals(b!.pixels)).toBe(true);
  });
});
