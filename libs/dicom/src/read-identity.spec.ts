import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findElement, readDataset, readIdentity, stringsOf, tagOf } from '@precedent/dicom';

const shared = join(import.meta.dirname, '../../../../shared/data/dicom/pydicom/test_files');

describe('identity of an instance from its first bytes (real: objects of shared data)', () => {
  it('agrees with the full reader on every object that has one, from its first 64 KiB', () => {
    if (!existsSync(shared)) {
      process.stderr.write('SKIPPED, not here: shared/data/dicom\n');
      return;
    }
    let compared = 0;
    for (const name of readdirSync(shared).filter((n) => n.endsWith('.dcm'))) {
      const bytes = readFileSync(join(shared, name));
      const outcome = readIdentity(bytes.subarray(0, 65536));
      const full = readDataset(bytes);
      if (outcome.kind !== 'identified' || full.kind !== 'read') continue;
      const element = findElement(full.dataset, tagOf('SOPInstanceUID'));
      expect(element && stringsOf(full.dataset, element)[0]).toBe(outcome.identity.sopInstanceUid);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(50);
  });

  it('tells nothing, damage and foreign files apart', () => {
    expect(readIdentity(Buffer.alloc(0))).toMatchObject({ kind: 'unidentified', reason: 'empty' });
    expect(readIdentity(Buffer.from('a plain text file, nothing more'))).toMatchObject({ reason: 'not-dicom' });
    const cut = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]);
    expect(readIdentity(cut).kind).toBe('unidentified');
  });
});
