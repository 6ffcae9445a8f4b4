import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateCohort, hostileObjects } from '@precedent/synthetic';
import { peerPresent } from '../support/orthanc.ts';
import type { CliResult, CliRun } from '../support/run-cli.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { runningWith } from '../support/processes.ts';

// What a user gets wrong, file by file and word by word. Real: the command, the service with all its parts, the files, the rights,
// the second account. Fake: the patients.

const HOSPITAL_NAMES = /Hostile|HOSTILE-/;

let folder: string;
let service: CliRun;
let url: string;
/** An archived study of the cohort, seen before damaged ones join it. */
let studyKey: string;

const at = (...names: string[]): string => join(folder, ...names);
/** The service that runs during this whole file. */
const here = (): string[] => ['--data-dir', at('data')];

/** What every end must look like: a sentence with its code, and no stack trace. */
function expectTold(result: CliResult, code: number, says: string): void {
  expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(says)]);
  expect(result.stderr).not.toMatch(/\n\s+at /);
}

async function untilPresent(path: string): Promise<string> {
  for (let waited = 0; waited < 120_000; waited += 100) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text !== '') return text;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${path} did not appear`);
}

async function ask(path: string): Promise<Response> {
  const token = await readFile(at('data', 'secrets', 'api-token'), 'utf8');
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${token.trim()}` } });
  if (!response.ok) throw new Error(`${path} answered ${String(response.status)}`);
  return response;
}

async function indexedStudy(): Promise<string> {
  const { studies } = (await (await ask('/v1/studies')).json()) as { studies: { studyKey: string; state: string }[] };
  const found = studies.find((study) => study.state === 'indexed');
  if (found === undefined) throw new Error('no study was indexed');
  return found.studyKey;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent bad '));
  await chmod(folder, 0o711);
  await generateCohort({ directory: at('cohort'), seed: 11, patients: 2 });
  await hostileObjects({ directory: at('hostile'), seed: 11 });
  service = startCli(['serve', '--port', '0', ...here(), '--allow-uncleaned-pixels']);
  ({ url } = JSON.parse(await untilPresent(at('data', 'run', 'server.json'))) as { url: string });
  expectTold(await runCli(['import', at('cohort', 'studies'), ...here()]), 0, '');
  studyKey = await indexedStudy();
}, 180_000);

afterAll(async () => {
  service.process.kill('SIGINT');
  const { code } = await service.result;
  await rm(folder, { recursive: true, force: true });
  expect(code).toBe(0);
});

describe('a command called wrongly ends with 2, says how, and starts nothing', () => {
  it.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['import'], "missing required argument 'dir'"],
    [['import', 'a', 'b'], 'too many arguments'],
    [['import', 'a', '--nope'], "unknown option '--nope'"],
    [['import', 'a', '--data-dir', ''], 'Write a folder'],
    [['search', 'a', '-k', '0'], 'whole number from 1 to 100'],
    [['search', 'a', '-k', '1000'], 'whole number from 1 to 100'],
    [['search', 'a', '-k', 'abc'], 'whole number from 1 to 100'],
    [['search', 'a', '-k', '-3'], 'whole number from 1 to 100'],
    [['search', 'a', '--filter', 'patientKey=x'], 'Write NAME=VALUE'],
    [['search', 'a', '--filter', 'modality'], 'Write NAME=VALUE'],
    [['search', 'a', '--filter', 'modality='], 'Write NAME=VALUE'],
    [['serve', '--port', 'abc'], 'whole number from 0 to 65535'],
    [['serve', '--port', '70000'], 'whole number from 0 to 65535'],
    [['serve', '--quiet-seconds', '0'], 'Write seconds'],
    [['status', '--vectors', 'nonsense'], 'milvus-lite'],
    [['evaluate', '--seed', '1.5'], 'whole number'],
    [['evaluate', '--bootstrap', '1'], 'whole number from 100'],
    [['deid', 'a', 'b'], '--key-file'],
    [['deid', 'a', 'b', '--key-file', 'k', '--pixels', 'maybe'], 'Allowed choices'],
  ])('%j', async (args, says) => {
    const result = await runCli(args, { PRECEDENT_DATA: at('never') });
    expectTold(result, 2, says);
    expect(result.stdout).toBe('');
    expect(await readdir(folder)).not.toContain('never');
  });

  it('each command has --help with its options and the exit codes, on stdout', async () => {
    const printing = ['demo', 'import', 'search', 'status', 'evaluate', 'deid'];
    const helps = await Promise.all([...printing, 'serve'].map((command) => runCli([command, '--help'])));
    for (const { code, stdout, stderr } of helps) {
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain('130 ended by Ctrl-C');
    }
    for (const [index] of printing.entries()) expect(helps[index]?.stdout).toContain('--json');
  });
});

describe('what is not there, or not what it should be, ends with 1 and a sentence', () => {
  it.each([
    ['a folder that is not there', ['import', 'NOWHERE'], 'INPUT_UNREADABLE'],
    ['outcomes that are not there', ['import', 'cohort', '--outcomes', 'NOWHERE'], 'INPUT_UNREADABLE'],
    ['outcomes that are a folder', ['import', 'cohort', '--outcomes', 'cohort'], 'INPUT_UNREADABLE'],
    ['a question that is nothing', ['search', 'NOWHERE'], 'QUERY_UNKNOWN'],
    ['a data folder that is not there', ['status', '--data-dir', 'NOWHERE'], 'DATA_DIR_MISSING'],
    ['a data folder that is a file', ['import', 'cohort', '--data-dir', 'cohort/cohort.json'], 'DATA_DIR_FORBIDDEN'],
    ['a key that is not there', ['deid', 'cohort', 'out', '--key-file', 'NOWHERE'], 'DEID_KEY_MISSING'],
    [
      'an output inside its input',
      ['deid', 'cohort', 'cohort/out', '--key-file', 'key', '--new-key'],
      'DIRECTORY_NESTED',
    ],
    ['demo data that is not there', ['demo', '--data', 'NOWHERE', '--data-dir', 'never'], 'INPUT_UNREADABLE'],
  ])('%s', async (_, args, says) => {
    const inFolder = args.map((arg) => (/^(NOWHERE|cohort|out|key|never)/.test(arg) ? at(arg) : arg));
    const result = await runCli(inFolder, { PRECEDENT_DATA: at('never') });
    expectTold(result, 1, says);
    expect(await readdir(folder)).not.toContain('never');
    expect(await readdir(folder)).not.toContain('NOWHERE');
  });
});

describe('one service a data folder, one a port', () => {
  it('a second service on the same data folder is refused, and the first goes on', async () => {
    expectTold(await runCli(['serve', '--port', '0', ...here()]), 1, 'DATA_DIR_IN_USE');
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  it('a port in use is named, and nothing that was started for it stays', async () => {
    const result = await runCli(['serve', '--port', new URL(url).port, '--data-dir', at('second')]);
    expectTold(result, 1, 'is in use: choose another with --port');
    expect(await runningWith(at('second'))).toEqual([]);
  });
});

interface ImportReport {
  readonly files: number;
  readonly sent: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly accounted: boolean;
  readonly rejected: readonly { path: string }[];
  readonly passedOver: readonly { path: string; reason: string }[];
  readonly quarantine: Readonly<Record<string, number>>;
}

describe('import', () => {
  it('of nothing but junk takes nothing in, names every file, and ends with 1', async () => {
    await mkdir(at('junk', 'empty folder'), { recursive: true });
    await writeFile(at('junk', 'letter.pdf'), '%PDF-1.4 Dear Mr Doe');
    await writeFile(at('junk', 'image.dcm'), '');
    await writeFile(at('junk', '\u001b[31mred\u0007'), 'a name that would command a terminal');
    const result = await runCli(['import', at('junk'), ...here()]);
    expectTold(result, 1, 'Nothing in it is DICOM: check the path.');
    expect(result.stdout).toMatch(/passed over: image.dcm \(empty\)[^]*passed over: letter.pdf \(not-dicom\)/);
    expect(result.stdout + result.stderr).not.toContain('\u001b');
  });

  it('of damaged objects ends each of them with a reason, loses none, and tells nobody’s name', async () => {
    const result = await runCli(['import', at('hostile'), '--json', ...here()]);
    const report = JSON.parse(result.stdout) as ImportReport;
    expect([result.code, report.accounted]).toEqual([0, true]);
    const { files, stored, duplicates, rejected, passedOver, quarantine } = report;
    expect(stored + duplicates + rejected.length + passedOver.length).toBe(files);
    expect(files).toBe((await readdir(at('hostile'))).length);
    expect(Object.keys(quarantine)).toEqual(expect.arrayContaining(['truncated', 'malformed', 'limit-exceeded']));
    expect(result.stdout + result.stderr).not.toMatch(HOSPITAL_NAMES);
    expect(await readFile(at('data', 'logs', 'server.log'), 'utf8')).not.toMatch(HOSPITAL_NAMES);
  });

  it.each([
    ['no CSV', 'no table at all'],
    ['a CSV without the key column', 'patient,diagnosis\nDoe,flu\n'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d', 'hex')],
    ['nothing', ''],
  ])('with outcomes that are %s sends no image at all', async (_, csv) => {
    await writeFile(at('outcomes.csv'), csv);
    const args = ['import', at('hostile'), '--outcomes', at('outcomes.csv'), ...here()];
    const result = await runCli(args);
    expectTold(result, 1, 'OUTCOMES_INVALID');
    expect(result.stdout).toBe('');
    expect(result.stderr).not.toContain('Doe');
  });

  it('as an account that may not read everything takes the rest, names what is left, and ends with 1', async () => {
    if (!peerPresent(process.getuid?.() === 0, 'root, to become another account with setpriv')) return;
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    await cp(at('cohort', 'studies', '0001'), at('mixed'), { recursive: true });
    await mkdir(at('mixed', 'closed'), { mode: 0o700 });
    await cp(at('hostile', 'truncated.dcm'), at('mixed', 'secret.dcm'));
    await chmod(at('mixed', 'secret.dcm'), 0o600);
    await symlink(at('cohort'), at('mixed', 'link'));
    await mkdir(at('home'));
    await chmod(at('home'), 0o777);
    const run = (data: string): Promise<CliResult> =>
      runCli(['import', at('mixed'), '--json', '--data-dir', data], { HOME: at('home') }, nobody);
    expectTold(await run(at('closed')), 1, 'DATA_DIR_FORBIDDEN');
    const result = await run(at('home', 'data'));
    expectTold(result, 1, '3 file(s) or folder(s) could not be looked into');
    const { sent, passedOver } = JSON.parse(result.stdout) as ImportReport;
    expect(sent).toBeGreaterThan(0);
    expect(passedOver).toEqual([
      { path: 'closed', reason: 'unreadable-directory' },
      { path: 'link', reason: 'symbolic-link' },
      { path: 'secret.dcm', reason: 'unreadable' },
    ]);
  });
});

describe('search', () => {
  const search = (...args: string[]): Promise<CliResult> => runCli(['search', ...args, ...here()]);

  it('says what is wrong with a text, a picture that is none, a damaged object, an unknown key, two patients', async () => {
    await writeFile(at('text.txt'), 'what did this look like?');
    await writeFile(at('text.png'), 'no picture');
    expectTold(await search(at('text.txt')), 1, 'QUERY_EMPTY');
    expectTold(await search(at('text.png')), 1, 'PNG or JPEG');
    expectTold(await search(at('hostile', 'truncated.dcm')), 1, 'QUERY_UNREADABLE');
    expectTold(await search('0123456789abcdef'), 1, 'No such study or image');
    expectTold(await search(at('cohort', 'studies')), 1, 'QUERY_MIXED');
  });

  it('takes a real picture, and a filter’s text never as anything but a value', async () => {
    await writeFile(at('shot.png'), await pictureOf(studyKey));
    expect(resultsOf(await search(at('shot.png'), '--json')).length).toBeGreaterThan(0);
    for (const value of ['CT" or "1"=="1', "CT' OR '1'='1", '*', '%', 'CT"] or modality in ["MR'])
      expect(resultsOf(await search(studyKey, '--json', '--filter', `modality=${value}`))).toEqual([]);
  });

  it('ends well when its reader has closed the pipe', async () => {
    const run = startCli(['status', ...here()]);
    run.process.stdout?.destroy();
    expectTold(await run.result, 0, '');
  });

  const resultsOf = ({ code, stdout, stderr }: CliResult): unknown[] => {
    if (code !== 0) throw new Error(`ended with ${String(code)}: ${stderr}`);
    return (JSON.parse(stdout) as { results: unknown[] }).results;
  };

  async function pictureOf(key: string): Promise<Buffer> {
    const { images } = (await (await ask(`/v1/cases/${key}`)).json()) as { images: { rendered: string }[] };
    return Buffer.from(await (await ask(images[0]?.rendered ?? '')).arrayBuffer());
  }
});
