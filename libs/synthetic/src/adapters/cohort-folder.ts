import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@precedent/kernel';
import type { CohortSummary } from '../domain/cohort-summary.ts';
import { SYNTHETIC_ERRORS } from '../synthetic.errors.ts';

const MARKER = 'cohort.json';
const BUILDING = '.building';
const PARTS = ['studies', 'outcomes.csv', 'manifest.jsonl', 'README.txt'] as const;

/**
 * The folder of a cohort. All is written under `.building` and moved into place at the end, the marker last: a folder with a marker is
 * whole, one without is made again. Only what a cohort wrote is ever removed.
 */
export class CohortFolder {
  constructor(private readonly directory: string) {}

  /** @returns the summary of a finished cohort here, undefined when there is none. */
  async finished(): Promise<CohortSummary | undefined> {
    const text = await readFile(join(this.directory, MARKER), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as CohortSummary;
    } catch {
      return undefined;
    }
  }

  /** Clears what an earlier, other or unfinished cohort left. @throws CodedError `SYNTHETIC_DIRECTORY_FOREIGN` */
  async begin(): Promise<void> {
    const ours = (await this.#has(MARKER)) || (await this.#has(BUILDING));
    if (!ours && (await this.#has('studies'))) {
      throw new CodedError('SYNTHETIC_DIRECTORY_FOREIGN', SYNTHETIC_ERRORS.SYNTHETIC_DIRECTORY_FOREIGN);
    }
    await mkdir(this.#at(BUILDING), { recursive: true });
    await rm(this.#at(MARKER), { force: true });
    for (const part of PARTS) {
      await rm(this.#at(part), { recursive: true, force: true });
      await rm(this.#building(part), { recursive: true, force: true });
    }
  }

  async folder(path: string): Promise<void> {
    await mkdir(this.#building(path), { recursive: true });
  }

  async write(path: string, content: Buffer | string): Promise<void> {
    await writeFile(this.#building(path), content);
  }

  async finish(summary: CohortSummary): Promise<void> {
    for (const part of PARTS) await rename(this.#building(part), this.#at(part));
    await writeFile(this.#building(MARKER), `${JSON.stringify({ ...summary, directory: undefined }, null, 2)}\n`);
    await rename(this.#building(MARKER), this.#at(MARKER));
    await rm(this.#at(BUILDING), { recursive: true, force: true });
  }

  async #has(name: string): Promise<boolean> {
    return stat(this.#at(name)).then(
      () => true,
      () => false,
    );
  }

  #at(name: string): string {
    return join(this.directory, name);
  }

  #building(path: string): string {
    return join(this.directory, BUILDING, path);
  }
}
