// dciodvfy (dicom3tools), an independent judge of headers, before and after: what it did not complain of before, it may not after.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SYNTAX } from './dataset.ts';
import type { Folders, Verdict } from './examine.ts';
import type { ObjectKey } from './key.ts';

const TIMEOUT_MS = 20_000;
/** One of so many objects is looked at, until there were enough. */
const EVERY = 17;

export class Validity {
  #left: number;
  #seen = 0;
  #installed: boolean | undefined;

  constructor(sample: number) {
    this.#left = sample;
  }

  check(key: ObjectKey, { inDir, outDir }: Folders): readonly Verdict[] {
    this.#seen += 1;
    // dicom3tools loses its place in deflated data sets ("Seek failed"), in sources as often as in outputs.
    if (key.syntax === SYNTAX.deflated) return [];
    if (this.#left <= 0 || this.#seen % EVERY !== 1 || !existsSync(join(outDir, key.file))) return [];
    this.#installed ??= spawnSync('dciodvfy', ['-version'], { timeout: TIMEOUT_MS }).error === undefined;
    if (!this.#installed) return [];
    this.#left -= 1;
    const before = errorsOf(join(inDir, key.file));
    const fresh = [...errorsOf(join(outDir, key.file))].filter((error) => !before.has(error));
    const [first] = fresh;
    return [
      first === undefined
        ? { c: 'header_valid', place: key.kind, passed: true }
        : { c: 'header_valid', place: `${key.kind}: ${first}`, passed: false, seen: `${fresh.length} new errors` },
    ];
  }
}

/** Its dictionary is older than the edition that is planted; whether it meets such an attribute depends on the encoding around it. */
const NEWER_THAN_THE_TOOL = /is not a recognized standard attribute/;

/** Errors without the values and indices in them. */
function errorsOf(path: string): ReadonlySet<string> {
  const { stdout, stderr } = spawnSync('dciodvfy', [path], { encoding: 'latin1', timeout: TIMEOUT_MS });
  const lines = `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => line.startsWith('Error') && !NEWER_THAN_THE_TOOL.test(line));
  return new Set(
    lines.map((line) =>
      line
        .replaceAll(/<[^>]*>/g, '<…>')
        .replaceAll(/\[\d+\]|= \S+/g, '')
        .trim(),
    ),
  );
}
