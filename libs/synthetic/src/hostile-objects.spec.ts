// Real: files on disk, the data set reader, the sandboxed renderer. Fake: nothing. Seed 3.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readDataset, sniffDicom } from '@precedent/dicom';
import { ImagingSandbox } from '@precedent/imaging';
import type { HostileObject } from './index.ts';
import { hostileObjects } from './index.ts';

let root = '';
let bad: readonly HostileObject[] = [];
const sandbox = new ImagingSandbox();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'precedent-hostile-'));
  bad = await hostileObjects({ directory: root, seed: 3 });
}, 120_000);

afterAll(async () => {
  await sandbox.stop();
  await rm(root, { recursive: true, force: true });
});

/** How an input ends in truth, in the words of its expectation. */
async function endOf({ path, expected }: HostileObject): Promise<unknown> {
  const bytes = await readFile(path);
  const sniffed = sniffDicom(bytes);
  if (expected.kind === 'dicomdir') return { kind: sniffed };
  const outcome = readDataset(bytes);
  if (outcome.kind === 'rejected') return { kind: 'rejected', reason: outcome.reason };
  if (expected.kind === 'read-with-finding')
    return { kind: 'read-with-finding', codes: outcome.dataset.findings.map(({ code }) => code) };
  const shown = await sandbox.render({ source: { path }, frames: 'all', target: { kind: 'display' } });
  return shown.kind === 'failed' ? { kind: 'no-picture', reason: shown.reason } : { kind: 'shown' };
}

function asMatcher(expected: HostileObject['expected']): unknown {
  if (expected.kind === 'dicomdir') return { kind: 'dicomdir' };
  if (expected.kind === 'read-with-finding')
    return { kind: expected.kind, codes: expect.arrayContaining([expected.code]) };
  return { kind: expected.kind, reason: expect.stringMatching(`^(${expected.reasons.join('|')})$`) };
}

describe('hostile objects', () => {
  it('end as their list says, each of them', async () => {
    const ends = [];
    for (const object of bad) ends.push({ name: object.name, end: await endOf(object) });
    expect(ends).toEqual(bad.map(({ name, expected }) => ({ name, end: asMatcher(expected) })));
  });

  it('are small files, the bomb too', async () => {
    expect(bad.length).toBeGreaterThanOrEqual(14);
    for (const { path } of bad) expect((await stat(path)).size).toBeLessThan(1_000_000);
  });
});
