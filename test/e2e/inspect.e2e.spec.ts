// `precedent inspect` as an administrator calls it. Real: the command, both readers, the de-identification, the child processes
// with their codecs, the files and rights, a second account, and ../shared where it is there. Fake: the patients.
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DEFLATED_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  writeDataset,
} from '@precedent/dicom';
import type { NewElement, NewValue } from '@precedent/dicom';
import { hostileObjects } from '@precedent/synthetic';
import { peerPresent } from '../support/orthanc.ts';
import type { CliResult } from '../support/run-cli.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { descendantsOf, stillRunning } from '../support/processes.ts';

const CASES = join(import.meta.dirname, '../../../shared/data/cases');
const RLE = '1.2.840.10008.1.2.5';
/** Everything about the patient that the objects of this file hold. */
const PATIENT = /Doe|Jane|19500101|20200202|MRN-4711|2\.25\.12345|Hostile|HOSTILE-/;

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);

interface Frame {
  readonly frame: number;
  readonly storedSha256: string | null;
  readonly displaySha256: string | null;
  readonly failure: { readonly reason: string } | null;
  readonly png: string | null;
}

interface Line {
  readonly path: string;
  readonly status: string;
  readonly reason: string | null;
  readonly object: {
    readonly kind: string;
    readonly transferSyntax: { readonly name: string } | null;
    readonly sopClass: { readonly name: string } | null;
    readonly picture: { readonly offsetTable: string } | null;
    readonly findings: readonly { readonly code: string; readonly offsetHex: string; readonly meaning: string }[];
  } | null;
  readonly pipeline: { readonly outcome: string; readonly reason: string | null; readonly detail: string } | null;
  readonly notIndexable: { readonly reason: string } | null;
  readonly pictures: { readonly displaySha256: string | null; readonly frames: readonly Frame[] } | null;
}

const linesOf = ({ stdout }: CliResult): Line[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

async function inspect(...args: string[]): Promise<CliResult> {
  const result = await runCli(['inspect', ...args], { PRECEDENT_DATA: at('never') });
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(result.stdout + result.stderr).not.toMatch(PATIENT);
  return result;
}

/** Two frames of 8 × 8 samples, 12 bits in 16. */
const SAMPLES = Array.from({ length: 128 }, (_, i) => (i * i * 7) % 4096);
const FRAMES = [SAMPLES.slice(0, 64), SAMPLES.slice(64)];

function object(transferSyntax: string, pixels: NewValue): Buffer {
  const text = (tag: number, value: string): NewElement => ({ tag, value: { text: value } });
  const number = (tag: number, value: number): NewElement => ({ tag, vr: 'US', value: { numbers: [value] } });
  const elements = [
    text(0x00080005, 'ISO_IR 100'),
    text(0x00080016, '1.2.840.10008.5.1.4.1.1.7.3'),
    text(0x00080018, '2.25.123451'),
    text(0x00080020, '20200202'),
    text(0x00100010, 'Doe^Jane'),
    text(0x00100020, 'MRN-4711'),
    text(0x00100030, '19500101'),
    text(0x0020000d, '2.25.123452'),
    text(0x0020000e, '2.25.123453'),
    number(0x00280002, 1),
    text(0x00280004, 'MONOCHROME2'),
    text(0x00280008, '2'),
    ...[8, 8].map((side, i) => number(0x00280010 + i, side)),
    ...[16, 12, 11, 0].map((value, i) => number(0x00280100 + i, value)),
    { tag: 0x7fe00010, vr: 'fragments' in pixels ? 'OB' : 'OW', value: pixels } as const,
  ];
  return writeDataset(elements, { transferSyntax });
}

/** RLE Lossless (PS3.5 G): high bytes, then low bytes, each one literal run of 64. */
function rle(samples: readonly number[]): Buffer {
  const header = Buffer.alloc(64);
  [2, 64, 64 + 66].forEach((value, i) => header.writeUInt32LE(value, 4 * i));
  const run = (bytes: readonly number[]): Buffer => Buffer.from([63, ...bytes, 0x80]);
  return Buffer.concat([header, run(samples.map((s) => s >> 8)), run(samples.map((s) => s & 0xff))]);
}

function offsetTable(frames: readonly Buffer[]): Buffer {
  const table = Buffer.alloc(4 * frames.length);
  let offset = 0;
  for (const [i, frame] of frames.entries()) {
    table.writeUInt32LE(offset, 4 * i);
    offset += 8 + frame.length;
  }
  return table;
}

const encoded = FRAMES.map(rle);
const ENCODINGS: readonly [name: string, syntax: string, pixels: NewValue, table: string][] = [
  ['Implicit VR Little Endian', IMPLICIT_LITTLE_ENDIAN, { numbers: SAMPLES }, 'none'],
  ['Explicit VR Little Endian', EXPLICIT_LITTLE_ENDIAN, { numbers: SAMPLES }, 'none'],
  ['Explicit VR Big Endian (retired)', EXPLICIT_BIG_ENDIAN, { numbers: SAMPLES }, 'none'],
  ['Deflated Explicit VR Little Endian', DEFLATED_LITTLE_ENDIAN, { numbers: SAMPLES }, 'none'],
  ['RLE Lossless', RLE, { fragments: [offsetTable(encoded), ...encoded] }, 'basic'],
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent inspect '));
  await chmod(folder, 0o711);
  await mkdir(at('images', 'deep'), { recursive: true });
  for (const [i, [, syntax, pixels]] of ENCODINGS.entries())
    await writeFile(at('images', i === 4 ? 'deep' : '', `${i}.dcm`), object(syntax, pixels));
  await hostileObjects({ directory: at('hostile'), seed: 11 });
});

afterAll(async () => {
  expect(await readdir(folder)).not.toContain('never');
  await rm(folder, { recursive: true, force: true });
});

describe('images in five encodings', () => {
  let result: CliResult;
  let lines: Line[];
  beforeAll(async () => {
    result = await inspect(at('images'), '--json');
    lines = linesOf(result);
  });

  it('are all read, each told by its syntax and class', () => {
    expect(result.code).toBe(0);
    expect(
      lines.map(({ status, object }) => [status, object?.transferSyntax?.name, object?.picture?.offsetTable]),
    ).toEqual(ENCODINGS.map(([name, , , table]) => ['read', name, table]));
    for (const { object, pipeline } of lines) {
      expect(object?.sopClass?.name).toBe('Multi-frame Grayscale Word Secondary Capture Image Storage');
      expect(pipeline).toMatchObject({ outcome: 'accepted', reason: null });
    }
  });

  it('have the same samples and pictures, of the digest of the samples that were written', () => {
    const stored = FRAMES.map((samples) => createHash('sha256').update(Uint16Array.from(samples)).digest('hex'));
    const first = lines[0]?.pictures;
    for (const { pictures } of lines) {
      expect(pictures?.frames.map(({ storedSha256 }) => storedSha256)).toEqual(stored);
      expect(pictures?.displaySha256).toBe(first?.displaySha256);
      expect(pictures?.frames.map(({ displaySha256 }) => displaySha256)).toEqual(
        first?.frames.map(({ displaySha256 }) => displaySha256),
      );
    }
    expect(new Set(first?.frames.map(({ displaySha256 }) => displaySha256)).size).toBe(2);
  });

  it('as text say the same in lines that fit', async () => {
    const { code, stdout, stderr } = await inspect(at('images'));
    expect(code).toBe(0);
    expect(stderr).toContain('5 files: 5 read');
    for (const line of stdout.split('\n')) expect(line.startsWith(folder) || line.length <= 110).toBe(true);
    for (const [name] of ENCODINGS) expect(stdout).toContain(name);
    for (const { storedSha256 } of lines[4]?.pictures?.frames ?? []) expect(stdout).toContain(storedSha256);
  });

  it('--frames bounds what is looked at; 0 leaves the pixels alone', async () => {
    const [one] = linesOf(await inspect(at('images', '1.dcm'), '--json', '--frames', '1'));
    expect([one?.pictures?.frames.length, one?.pictures?.displaySha256]).toEqual([1, null]);
    const [none] = linesOf(await inspect(at('images', '1.dcm'), '--json', '--frames', '0'));
    expect(none?.pictures?.frames).toEqual([]);
  });
});

describe('hostile objects', () => {
  it('are each explained, the refused and the damaged named, the others done, and the end is 1', async () => {
    const result = await inspect(at('hostile'), '--json');
    const lines = linesOf(result);
    expect([result.code, lines.length]).toEqual([1, (await readdir(at('hostile'))).length]);
    const told = lines.map(({ path, status, reason, notIndexable }) => {
      const name = path.slice(at('hostile').length + 1).replace('.dcm', '');
      return [name, status, reason, notIndexable?.reason ?? null];
    });
    expect(told).toEqual(
      expect.arrayContaining([
        ['empty', 'passed-over', 'empty', null],
        ['not-dicom', 'passed-over', 'not-dicom', null],
        ['dicomdir', 'passed-over', 'dicomdir', null],
        ['truncated', 'rejected', 'truncated', null],
        ['truncated-header', 'rejected', 'truncated', null],
        ['deflate-bomb', 'rejected', 'limit-exceeded', null],
        ['sr-without-pixels', 'read', null, null],
        ['zero-frames', 'read', null, 'zero-frames'],
        ['broken-code-stream', 'read', null, 'decode-failed'],
      ]),
    );
  });

  it('as text each finding has its place in hex and its meaning; what is held back is readable all the same', async () => {
    const { code, stdout } = await inspect(at('hostile', 'duplicate-tag.dcm'), at('hostile', 'dicomdir.dcm'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/duplicate-tag: The element stands twice[^]*0x000001fa \(0010,0010\) PatientName/);
    expect(stdout).toMatch(/pipeline +would hold it back: disputed/);
  });

  it('what is named by the user and is no object ends with 1; a DICOMDIR is explained', async () => {
    const named = ['empty', 'not-dicom', 'truncated', 'dicomdir'].map((name) => at('hostile', `${name}.dcm`));
    const { code, stdout, stderr } = await inspect(...named);
    expect([code, stderr]).toEqual([1, expect.stringContaining('4 files: 0 read, 3 refused, 1 passed over')]);
    for (const reason of ['empty', 'not-dicom', 'truncated']) expect(stdout).toContain(`refused          ${reason}`);
    expect(stdout).toContain('Media Storage Directory Storage (1.2.840.10008.1.3.10)');
  });
});

describe('what cannot be looked into', () => {
  it('is named, the rest is done, and the end is 1', async () => {
    await mkdir(at('odd'));
    await writeFile(at('odd', 'plain.dcm'), await readFile(at('images', '1.dcm')));
    await symlink(at('images'), at('odd', 'link'));
    const result = await inspect(at('nowhere'), at('odd'), '--json');
    expect(result.code).toBe(1);
    expect(linesOf(result).map(({ path, status, reason }) => [path, status, reason])).toEqual([
      [at('nowhere'), 'unreadable', 'missing'],
      [at('odd', 'plain.dcm'), 'read', null],
      [at('odd', 'link'), 'unreadable', 'symbolic-link'],
    ]);
  });

  it('for lack of rights, as another account', async () => {
    if (!peerPresent(process.getuid?.() === 0, 'root, to become another account with setpriv')) return;
    await mkdir(at('closed'));
    await writeFile(at('closed', 'secret.dcm'), await readFile(at('images', '1.dcm')), { mode: 0o600 });
    await writeFile(at('closed', 'open.dcm'), await readFile(at('images', '1.dcm')));
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const result = await runCli(['inspect', at('closed'), '--json'], {}, nobody);
    expect([result.code, linesOf(result).map(({ status }) => status)]).toEqual([1, ['read', 'unreadable']]);
  });

  it.each([
    [[], "missing required argument 'path'"],
    [['x', '--frames', 'many'], 'whole number from 0 to 100000, or all'],
    [['x', '--png', ''], 'Write a folder'],
    [['x', '--nope'], "unknown option '--nope'"],
  ])('called wrongly: %j', async (args, says) => {
    const { code, stdout, stderr } = await inspect(...args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)]);
  });

  it('--help names the options and the exit codes', async () => {
    const { code, stdout, stderr } = await inspect('--help');
    expect([code, stderr]).toEqual([0, '']);
    for (const part of ['--json', '--png', '--frames', '130 ended by Ctrl-C']) expect(stdout).toContain(part);
  });

  it('a name that would command the terminal is shown without its commands, and kept as it is in JSON', async () => {
    const name = '\u001b[31mred\u0007\u009b2J\n\u202e.dcm';
    await mkdir(at('names'));
    await writeFile(at('names', name), await readFile(at('images', '1.dcm')));
    const text = await inspect(at('names'), '--png', at('named'));
    expect(text.stdout + text.stderr).not.toMatch(/[\u001b\u0007\u009b\u202e]/);
    expect(text.stdout).toContain('red');
    const json = await inspect(at('names'), '--json');
    expect(json.stdout).not.toMatch(/[\u001b\u0007\u009b]/);
    expect(linesOf(json).map(({ path }) => path)).toEqual([at('names', name)]);
    expect((await readdir(at('named'))).join()).toMatch(/^_\[31mred__2J__\.dcm\.frame-0001\.png,/);
  });
});

describe('--png', () => {
  it('writes a picture a frame, named by path and frame, for its owner only', async () => {
    const result = await inspect(at('images'), '--png', at('png'), '--json');
    expect(result.code).toBe(0);
    const files = linesOf(result).flatMap((line) => line.pictures?.frames.map(({ png }) => png) ?? []);
    expect(files).toHaveLength(10);
    expect(files).toContain(at('png', 'deep', '4.dcm.frame-0002.png'));
    for (const file of files) {
      const bytes = await readFile(file ?? '');
      // Signature, then IHDR with width and height (PNG 11.2.1).
      expect([bytes.toString('latin1', 1, 4), bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual(['PNG', 8, 8]);
      expect((await stat(file ?? '')).mode & 0o777).toBe(0o600);
    }
  });

  it('leaves what is there and says so; replaces it when told to, through no link', async () => {
    await mkdir(at('again'));
    const [one, two] = [1, 2].map((n) => at('again', `0.dcm.frame-000${n}.png`));
    await writeFile(one ?? '', 'mine');
    await symlink(at('target'), two ?? '');
    const kept = await inspect(at('images', '0.dcm'), '--png', at('again'));
    expect([kept.code, kept.stderr]).toEqual([1, expect.stringContaining('2 pictures were there already')]);
    expect(await readFile(one ?? '', 'utf8')).toBe('mine');
    expect((await inspect(at('images', '0.dcm'), '--png', at('again'), '--overwrite')).code).toBe(0);
    expect((await readFile(one ?? '')).toString('latin1', 1, 4)).toBe('PNG');
    expect([existsSync(at('target')), (await readdir(at('again'))).length]).toEqual([false, 2]);
  });

  it('two objects of one name in one run do not take each other’s place', async () => {
    const args = [at('images', '0.dcm'), at('odd', '..', 'images', '0.dcm'), '--png', at('twice'), '--overwrite'];
    const { code, stderr } = await inspect(...args);
    expect([code, stderr]).toEqual([1, expect.stringContaining('left as it is')]);
  });

  it('into a place that is no folder ends with 1 and a sentence', async () => {
    const { code, stderr } = await inspect(at('images'), '--png', at('images', '0.dcm'));
    expect([code, stderr]).toEqual([1, expect.stringContaining('PICTURES_UNWRITABLE')]);
  });
});

describe('ends', () => {
  it('with its reader, and leaves no process behind', async () => {
    const run = startCli(['inspect', at('images'), at('hostile'), '--json']);
    run.process.stdout?.once('data', () => run.process.stdout?.destroy());
    const { code, stderr } = await run.result;
    expect([code === 0 || code === 1, stderr]).toEqual([true, expect.not.stringMatching(/EPIPE|\n\s+at /)]);
  });

  it('on Ctrl-C with 130, and its child processes with it', async () => {
    const run = startCli(['inspect', ...Array<string>(200).fill(at('images')), '--json']);
    await new Promise((resolve) => run.process.stdout?.once('data', resolve));
    const children = await descendantsOf(run.process.pid ?? 0);
    run.process.kill('SIGINT');
    expect((await run.result).code).toBe(130);
    expect(children.length).toBeGreaterThan(0);
    expect(await stillRunning(children)).toEqual([]);
  });
});

describe('the case pack', () => {
  it('has the digests of its manifest, and none of its planted texts is printed', async () => {
    if (!peerPresent(existsSync(CASES), '../shared/data/cases')) return;
    const rows = (await readFile(join(CASES, 'manifest.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { path: string; display_sha256: string; planted: { value: string }[] })
      .filter((_, i) => i % 100 === 0);
    const result = await inspect(...rows.map(({ path }) => join(CASES, path)), '--json');
    expect(result.code).toBe(0);
    for (const [i, line] of linesOf(result).entries()) {
      expect([line.path, line.pictures?.displaySha256]).toEqual([line.path, rows[i]?.display_sha256]);
      const told = JSON.stringify({ ...line, path: '' });
      expect(rows[i]?.planted.filter(({ value }) => value.length >= 6 && told.includes(value))).toEqual([]);
    }
  });
});
