import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readDataset, stringsOf, tagOf } from '@precedent/dicom';
import {
  bytesWithoutPicture,
  CASES,
  leavesOf,
  manifestRows,
  casesAreHere,
  mustRead,
  readCase,
  survivors,
} from './corpus.testkit.ts';
import { testDeidentifier } from './object.testkit.ts';

const FILES = join(CASES, '..', 'dicom');
const filesAreHere = existsSync(FILES);
if (!filesAreHere)
  process.stderr.write('\nNOT HERE: ../shared/data/dicom: de-identification is NOT tested on files of many makers.\n');

/** A hundred and more files: every one of these is small. */
const MAX_BYTES = 4 * 1024 * 1024;

(filesAreHere ? describe : describe.skip)(
  'files of many makers, also broken ones (real: files, engine; fake: nothing)',
  () => {
    it('each comes out clean or is held back with a reason; none makes it throw', async () => {
      const deidentifier = await testDeidentifier();
      const outcomes: Record<string, number> = {};
      for (const entry of readdirSync(FILES, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const bytes = readFileSync(join(entry.parentPath, entry.name));
        if (bytes.length > MAX_BYTES) continue;
        const outcome = await deidentifier.deidentifyObject(bytes);
        const kind = outcome.kind === 'quarantined' ? outcome.reason : 'deidentified';
        outcomes[kind] = (outcomes[kind] ?? 0) + 1;
        if (outcome.kind === 'quarantined') continue;
        const source = readDataset(bytes);
        const output = mustRead(outcome.bytes);
        const text = leavesOf(output).map((leaf) => leaf.text);
        const raw = bytesWithoutPicture(output).toString('latin1');
        for (const keyword of ['PatientName', 'PatientID', 'StudyInstanceUID', 'SOPInstanceUID']) {
          const values = source.kind === 'read' ? stringsOf(source.dataset, tagOf(keyword)) : [];
          for (const value of values.filter((one) => one.length > 5)) {
            expect(text).not.toContain(value);
            expect(raw.includes(value)).toBe(false);
          }
        }
        const personal = ['LT', 'OB', 'OW', 'PN', 'ST', 'UT'];
        const isCreator = (tag: number): boolean => (tag & 0xff00) === 0;
        expect(
          leavesOf(output).filter(
            ({ element: { tag, vr } }) => (tag >>> 16) % 2 === 1 && !isCreator(tag) && personal.includes(vr),
          ),
        ).toEqual([]);
      }
      process.stdout.write(`${JSON.stringify(outcomes)}\n`);
      expect(outcomes['leak-found'] ?? 0).toBe(0);
      expect(outcomes['deidentified']).toBeGreaterThan(250);
    });
  },
);

describe('the search of the tests themselves (real: files; fake: an engine that does nothing)', () => {
  (casesAreHere ? it : it.skip)('finds nearly all that was planted when nothing is removed', () => {
    const rows = manifestRows(60);
    const planted = rows.flatMap((row) =>
      row.planted.filter(({ kind }) => !/overlay|icon|age_over|_in_bytes/.test(kind)),
    );
    const found = rows.flatMap((row) =>
      survivors(row, mustRead(readCase(row))).filter((place) => !/overlay|_in_bytes/.test(place)),
    );
    expect(found.length / planted.length).toBeGreaterThan(0.85);
  });
});
