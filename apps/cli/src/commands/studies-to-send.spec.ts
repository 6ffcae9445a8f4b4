import { describe, expect, it } from '@jest/globals';
import { StudiesToSend } from './studies-to-send.ts';
import type { FoundFile } from './walk-files.ts';

const file = (path: string, study: string | null): FoundFile => ({ path, study, sizeBytes: 1 });

describe('files of a folder, study by study', () => {
  it('brings mixed studies together, in the order in which they are first met, and leaves no file out', () => {
    const mixed = [file('1', 'B'), file('2', 'A'), file('3', null), file('4', 'B'), file('5', 'A'), file('6', null)];
    expect(new StudiesToSend(mixed).files.map(({ path }) => path)).toEqual(['1', '4', '2', '5', '3', '6']);
  });

  it('calls a study complete with its last file, once, in whatever order the batches end', () => {
    const [a1, a2, b1, stray] = [file('1', 'A'), file('2', 'A'), file('3', 'B'), file('4', null)];
    const studies = new StudiesToSend([a1, a2, b1, stray]);
    expect(studies.sent([a2, b1, stray])).toEqual(['B']);
    expect(studies.sent([a1])).toEqual(['A']);
  });
});
