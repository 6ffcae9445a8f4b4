/**
 * Real: dependency-cruiser and our syntax rules, over a scratch copy of this checkout's sources with real packages linked.
 * Fake: the violations, one a file, planted from test/architecture/planted; each file's first line names the rule it must
 * break. A fence nobody has seen bite may be painted on.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const planted = join(import.meta.dirname, 'planted');

interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

const isSource = (path: string): boolean => !/(^|\/)(node_modules|dist)(\/|$)/.test(relative(root, path));

/** Workspaces link to the scratch copy, everything else to the real packages. */
function linkPackages(scratch: string): void {
  const real = join(root, 'node_modules');
  mkdirSync(join(scratch, 'node_modules', '@precedent'), { recursive: true });
  for (const name of readdirSync(real).filter((each) => each !== '@precedent')) {
    symlinkSync(join(real, name), join(scratch, 'node_modules', name));
  }
  for (const folder of ['libs', 'apps']) {
    for (const name of readdirSync(join(scratch, folder))) {
      symlinkSync(join(scratch, folder, name), join(scratch, 'node_modules', '@precedent', name));
    }
  }
}

function copySources(scratch: string): void {
  for (const folder of ['libs', 'apps', 'test/support']) {
    cpSync(join(root, folder), join(scratch, folder), { recursive: true, filter: isSource });
  }
  cpSync(join(root, 'package.json'), join(scratch, 'package.json'));
  linkPackages(scratch);
}

function fence(scratch: string): Violation[] {
  try {
    const args = [join(root, 'tools/fence.mjs'), '--root', scratch, '--json'];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' })) as Violation[];
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    if (!stdout) throw new Error(`the fence did not run: ${stderr ?? ''}`, { cause: error });
    return JSON.parse(stdout) as Violation[];
  }
}

/** A planted spec is named `.spec.ts.txt` here, or Jest would run it. */
const plantedAs = (file: string): string => file.replace(/\.txt$/, '');

function plant(scratch: string): void {
  for (const file of filesBelow(planted)) {
    cpSync(join(planted, file), join(scratch, plantedAs(file)));
  }
}

const expectedRule = (file: string): string | undefined =>
  /^\/\/ expect: (\S+)/.exec(readFileSync(join(planted, file), 'utf8'))?.[1];

const cases = filesBelow(planted)
  .map((file) => ({ file: plantedAs(file), rule: expectedRule(file) }))
  .filter((each): each is { file: string; rule: string } => each.rule !== undefined);

describe('the fence between rooms (real checkers, planted violations)', () => {
  let scratch = '';
  let before: Violation[] = [];
  let after: Violation[] = [];

  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'precedent fence '));
    copySources(scratch);
    before = fence(scratch);
    plant(scratch);
    after = fence(scratch);
  }, 120_000);

  afterAll(() => {
    rmSync(scratch, { recursive: true, force: true });
  });

  it('finds none in the sources as they are', () => {
    expect(before).toEqual([]);
  });

  it.each(cases)('catches $file by $rule', ({ file, rule }) => {
    expect(after.filter(({ from }) => from === file).map((each) => each.rule)).toContain(rule);
  });

  it('blames nobody who planted nothing', () => {
    const guilty = new Set(filesBelow(planted).map(plantedAs));
    expect(after.filter(({ from }) => !guilty.has(from))).toEqual(before);
  });
});
