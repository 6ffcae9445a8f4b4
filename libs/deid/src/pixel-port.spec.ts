import { describe, expect, it } from '@jest/globals';
import { EXPLICIT_LITTLE_ENDIAN, formatTag, tagOf } from '@precedent/dicom';
import { loadDeidProfile } from './adapters/profile-file.ts';
import { leavesOf, mustRead, pictureOf } from './corpus.testkit.ts';
import { Deidentifier } from './deidentifier.ts';
import type { DeidentifierOptions } from './deidentifier.ts';
import type { PixelCleaner, PixelCleaning, PixelRequest } from './domain/pixel-cleaning.ts';
import { el, mustPass, sampleObject, TEST_KEYS } from './object.testkit.ts';

const profile = await loadDeidProfile('retrieval');

function withCleaner(answer: PixelCleaning | Error, options: Partial<DeidentifierOptions> = {}) {
  const asked: PixelRequest[] = [];
  const pixelCleaner: PixelCleaner = {
    clean: (request) => {
      asked.push(request);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  const all = { keys: TEST_KEYS, profile, allowUncleanedPixels: false, ...options };
  return { asked, deidentifier: new Deidentifier(all, { pixelCleaner }) };
}

const valueIn = (bytes: Buffer, keyword: string): string | undefined =>
  leavesOf(mustRead(bytes)).find(({ path }) => path === formatTag(tagOf(keyword)))?.text;

describe('pixel cleaning as a port (real: engine, rewriter, readers; fake: the cleaner and what it answers)', () => {
  it('states 113101 and Burned In Annotation NO where the picture was looked at, and keeps it byte for byte', async () => {
    const { asked, deidentifier } = withCleaner({ kind: 'clean', masks: [] });
    const source = sampleObject([el('BurnedInAnnotation', 'YES')]);
    const { bytes } = mustPass(await deidentifier.deidentifyObject(source));
    expect(valueIn(bytes, 'BurnedInAnnotation')).toBe('NO');
    expect(valueIn(bytes, 'DeidentificationMethod')).toMatch(/pixels cleaned$/);
    expect(bytes.includes('113101')).toBe(true);
    expect(pictureOf(mustRead(bytes)).equals(pictureOf(mustRead(source)))).toBe(true);
    expect([...asked[0]!.evidence.patientNames]).toEqual(['Rössler^Ulrike']);
  });

  it('writes new pixels and what describes them in the same pass, drops what described the old ones, and says so', async () => {
    const { deidentifier } = withCleaner({
      kind: 'clean',
      masks: [{ frame: 0, x: 0, y: 0, width: 1, height: 1, source: 'text' }],
      replacement: {
        transferSyntax: EXPLICIT_LITTLE_ENDIAN,
        elements: [el('PixelData', Buffer.alloc(32, 9), 'OW'), el('PhotometricInterpretation', 'MONOCHROME1')],
        dropped: [tagOf('ExtendedOffsetTable')],
      },
    });
    const source = sampleObject([el('ExtendedOffsetTable', Buffer.alloc(8), 'OV')]);
    const { bytes, actions } = mustPass(await deidentifier.deidentifyObject(source));
    expect(pictureOf(mustRead(bytes)).equals(Buffer.alloc(32, 9))).toBe(true);
    expect(valueIn(bytes, 'PhotometricInterpretation')).toBe('MONOCHROME1');
    expect(valueIn(bytes, 'ExtendedOffsetTable')).toBeUndefined();
    expect(actions).toContainEqual({ path: '(7FE0,0010)', rule: 'pixels', action: 'cleaned' });
  });

  it('holds back what the cleaner cannot vouch for, and what it failed at', async () => {
    const held = withCleaner({ kind: 'held', reason: 'text-left', detail: 'A sentence.' });
    expect(await held.deidentifier.deidentifyObject(sampleObject())).toMatchObject({ reason: 'text-left' });
    const broken = withCleaner(new Error('died'));
    expect((await broken.deidentifier.deidentifyObject(sampleObject())).kind).toBe('quarantined');
  });

  it('asks nobody where pixels are off, by option or profile, and claims nothing then; the option goes first', async () => {
    const answer: PixelCleaning = { kind: 'clean', masks: [] };
    const off = { ...profile, rules: { ...profile.rules, pixels: 'off' as const } };
    for (const options of [{ allowUncleanedPixels: true }, { pixels: 'off' as const }, { profile: off }]) {
      const { asked, deidentifier } = withCleaner(answer, options);
      const { bytes } = mustPass(await deidentifier.deidentifyObject(sampleObject()));
      expect(asked).toEqual([]);
      expect(bytes.includes('113101')).toBe(false);
      expect(valueIn(bytes, 'BurnedInAnnotation')).toBeUndefined();
    }
    const { asked, deidentifier } = withCleaner(answer, { profile: off, pixels: 'clean' });
    mustPass(await deidentifier.deidentifyObject(sampleObject()));
    expect(asked).toHaveLength(1);
  });
});
