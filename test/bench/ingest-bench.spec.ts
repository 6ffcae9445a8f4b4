import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';

// Real: options and report of `npm run bench -- ingest`. Invented: the measurements. Nothing is timed here.

const ROOT = resolve(import.meta.dirname, '../..');
const load = async <T>(file: string): Promise<T> =>
  (await import(pathToFileURL(join(ROOT, 'tools', 'bench', file)).href)) as T;

const { readOptions } = await load<{ readOptions: (args: readonly string[]) => Record<string, unknown> }>('ingest.mjs');
const report = await load<{
  summarise: (measured: object) => { tables: { ratios: Record<string, { median: number; met: boolean }> }[] };
  describe: (result: object) => string;
}>('ingest-report.mjs');

describe('bench ingest', () => {
  it.each([['--rounds', '0'], ['--instances', '7'], ['--bytes', 'many'], ['--no-such']])(
    '%s %s is refused',
    (...args: string[]) => {
      expect(readOptions(args).problem).toBeDefined();
    },
  );

  it('compares by round, against the targets, and says when others used the machine', () => {
    const turn = (receiver: string, round: number, seconds: number): object => ({ receiver, round, lanes: 1, seconds });
    const turns = [turn('precedent', 1, 2), turn('storescp', 1, 3), turn('precedent', 2, 4), turn('storescp', 2, 5)];
    const settings = { rounds: 2, instances: 10, bytes: 100_000 };
    const load = { averageBefore: 9, averageAfter: 9, busyShare: 1 };
    const result = report.summarise({ settings, turns, load, quiet: false });
    expect(result.tables[0]?.ratios).toEqual({
      storescp: expect.objectContaining({ median: 1.375, min: 1.25, max: 1.5, met: true }),
    });
    expect(report.describe(result)).toContain('MEASURED UNDER LOAD OF OTHERS');
  });
});
