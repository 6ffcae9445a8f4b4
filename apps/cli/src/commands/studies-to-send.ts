import type { FoundFile } from './walk-files.ts';

/**
 * The files of a folder study by study, however they lie in it, and which studies have been sent whole. So a study needs no quiet
 * time to count as complete, and a folder in which studies lie mixed (an archive that names files by their digest) does not make
 * a generation of every few files.
 */
export class StudiesToSend {
  /** In the order in which each study is first met. */
  readonly files: readonly FoundFile[];
  readonly #left = new Map<string, number>();

  constructor(found: readonly FoundFile[]) {
    const byStudy = new Map<string | null, FoundFile[]>();
    for (const file of found) {
      const list = byStudy.get(file.study);
      if (list === undefined) byStudy.set(file.study, [file]);
      else list.push(file);
    }
    for (const [study, files] of byStudy) if (study !== null) this.#left.set(study, files.length);
    this.files = [...byStudy.values()].flat();
  }

  /** @returns Study Instance UIDs of the studies of which nothing is left to send. */
  sent(files: readonly FoundFile[]): string[] {
    return files.flatMap(({ study }) => {
      if (study === null) return [];
      const left = (this.#left.get(study) ?? 0) - 1;
      this.#left.set(study, left);
      return left === 0 ? [study] : [];
    });
  }
}
