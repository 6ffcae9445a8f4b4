import { afterAll, describe, expect, it } from '@jest/globals';
import { ImagingSandbox } from '@precedent/imaging';
import { casesAreHere, examine, manifestRows } from './corpus.testkit.ts';
import { Deidentifier } from './deidentifier.ts';
import { loadDeidProfile } from './adapters/profile-file.ts';

// PRECEDENT_CORPUS=1 takes every study (about two minutes), the default every 15th.
const EVERY = Number(process.env['PRECEDENT_CORPUS'] ?? 15);
if (!casesAreHere)
  process.stderr.write(
    '\nNOT HERE: ../shared/data/cases: the de-identification laws over real files are NOT tested.\n',
  );

(casesAreHere ? describe : describe.skip)(
  `case pack, one study in ${EVERY} (real: files, engine, profile; fake: nothing)`,
  () => {
    const sandbox = new ImagingSandbox();
    afterAll(() => sandbox.stop());

    it('leaves no planted identifier, keeps links, intervals, patients and pictures', async () => {
      const profile = await loadDeidProfile('retrieval');
      const keys = { keyId: 'test', secret: Buffer.alloc(32, 7) };
      const deidentifier = new Deidentifier({ keys, profile, allowUncleanedPixels: true });
      const figures = await examine(manifestRows(EVERY), (bytes) => deidentifier.deidentifyObject(bytes), sandbox);
      process.stdout.write(`${JSON.stringify(figures)}\n`);
      expect(figures).toMatchObject({
        quarantined: {},
        survivors: {},
        unevenShifts: 0,
        uidsInconsistent: 0,
        picturesChanged: 0,
        patientsSplitOrJoined: 0,
      });
      expect(figures.references).toBeGreaterThan(100);
      expect(figures.datesMoved).toBeGreaterThan(100);
    });
  },
);
