// Real: the `bench` command as a process, and Linux's own /proc where it is there. Invented: the measurements that the report is
// made from. Nothing is timed here.
import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = resolve(import.meta.dirname, '../..');

interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly startedAt: string;
  readonly seconds: number;
}

interface Summary {
  readonly ratio: number;
  readonly met: boolean;
  readonly ratioByRound: Spread;
  readonly cpuMsPerImage: { readonly bare: Record<string, number>; readonly pipeline: Record<string, number> };
  readonly ratioAllowedByCpu: number;
  readonly load: { readonly known: boolean; readonly quiet?: boolean };
}

const load = async <T>(file: string): Promise<T> =>
  (await import(pathToFileURL(join(ROOT, 'tools', 'bench', file)).href)) as T;
const times = await load<{
  parseStat: (line: string) => Stat | undefined;
  processTree: (root: number) => readonly Stat[];
  roleOf: (commandLine: string) => string;
}>('process-times.mjs');
const report = await load<{
  summarise: (cases: string, settings: object, rounds: readonly object[]) => Summary;
  describe: (result: Summary) => string;
}>('pipeline-report.mjs');

const bench = (...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'tools', 'bench.mjs'), ...args], { encoding: 'utf8' });

describe('the bench command', () => {
  it('names its benchmarks when called without one', () => {
    const { status, stdout } = bench();
    expect(status).toBe(0);
    expect(stdout).toContain('pipeline');
  });

  it.each([
    ['nothing-like-it'],
    ['constructor'],
    ['pipeline', '--rounds', '0'],
    ['pipeline', '--rounds', '1.5'],
    ['pipeline', '--no-such'],
  ])('refuses to be called wrongly (%s …), and measures nothing', (...args: string[]) => {
    const { status, stdout, stderr } = bench(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^bench: /);
  });
});

describe('CPU time by process', () => {
  it('reads a process whose name holds blanks and brackets', () => {
    const rest = `S 41 9 9 0 -1 4194560 1 0 0 0 250 50 7 7 20 0 1 0 123456 1000 100`;
    const expected = { pid: 42, parent: 41, startedAt: '123456', seconds: 3 };
    expect(times.parseStat(`42 (node) ${rest}`)).toEqual(expected);
    expect(times.parseStat(`42 (a) S 1 (b c) ${rest}`)).toEqual(expected);
    expect(times.parseStat('')).toBeUndefined();
  });

  it('finds this process first, where there is a /proc', () => {
    const [first] = times.processTree(process.pid);
    if (process.platform !== 'linux') console.warn('no /proc: not here');
    else expect(first?.pid).toBe(process.pid);
  });

  it.each([
    ['service', ['node', '/x/apps/cli/bin/precedent.js', 'serve', '--data-dir', '/x/import']],
    ['importer', ['node', '/x/apps/cli/bin/precedent.js', 'import', '/x/serve']],
    ['imaging', ['node', '/x/libs/imaging/dist/adapters/child.js', '2048']],
    ['encoder', ['node', '/x/libs/inference/dist/adapters/onnx-child.js']],
    ['postgres', ['postgres: precedent precedent 127.0.0.1(1) idle']],
  ])('knows the %s by its command line', (role, words) => {
    expect(times.roleOf(words.join('\0'))).toBe(role);
  });
});

describe('the pipeline report, from invented measurements', () => {
  const machine = (others: number) => ({ idle: 0, others });
  const round = (bareSeconds: number, pipelineSeconds: number, others: number) => ({
    bare: {
      images: 100,
      seconds: bareSeconds,
      cpu: { byRole: { encoder: 2, bench: 0.5 }, total: 2.5, machine: machine(0) },
    },
    pipeline: {
      images: 100,
      files: 90,
      studies: 30,
      heldBack: {},
      seconds: pipelineSeconds,
      sendSeconds: 0.2,
      stageSeconds: { embed: 1 },
      provider: 'cpu',
      cpu: { byRole: { encoder: 2, service: 1, bench: 0.5 }, total: 3.5, machine: machine(others) },
    },
  });
  const settings = { threads: 2, imagingProcesses: 1 };
  const quiet = [round(1, 2, 0), round(1, 1.25, 0.1), round(2, 4, 0)];

  it('takes the ratio of the medians, so that one lucky round does not meet the aim', () => {
    const summary = report.summarise('cases', settings, quiet);
    expect(summary.ratio).toBeCloseTo(0.5);
    expect(summary.met).toBe(false);
    expect(summary.ratioByRound.max).toBeCloseTo(0.8);
  });

  it('counts the benchmark where it feeds the encoder, and not beside the pipeline', () => {
    const { bare, pipeline } = report.summarise('cases', settings, quiet).cpuMsPerImage;
    expect(bare.total).toBeCloseTo(25);
    expect(pipeline.total).toBeCloseTo(30);
  });

  it('says what ratio the CPU time allows: an encoder on fewer threads than there are cores leaves the others to the rest', () => {
    const cores = availableParallelism();
    const allowed = (threads: number) => report.summarise('cases', { ...settings, threads }, quiet).ratioAllowedByCpu;
    expect(allowed(cores)).toBeCloseTo(25 / 30);
    if (cores > 1) expect(allowed(1)).toBeCloseTo(Math.min(1, (20 * cores) / 30));
  });

  it('marks a figure when one single run was disturbed', () => {
    const summary = report.summarise('cases', settings, [...quiet, round(1, 1, 2)]);
    expect(summary.load.quiet).toBe(false);
    expect(report.describe(summary)).toContain('TAKEN UNDER LOAD');
    expect(report.describe(report.summarise('cases', settings, quiet))).not.toContain('TAKEN UNDER LOAD');
  });
});
