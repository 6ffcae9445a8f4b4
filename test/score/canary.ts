import type { Random } from '../fuzz/random.ts';

const CONSONANTS = Array.from('bdfgklmnprtvz');
const VOWELS = Array.from('aeiou');
/** Letters of a canary. Long enough that no text of the product holds one by chance, so windows of longer runs are canaries too. */
export const CANARY_LETTERS = 8;

/** Invented words and numbers, none of them twice in a run: where one is found, it is known where it had been planted. */
export class Canaries {
  readonly #random: Random;
  readonly #used: Set<string>;

  constructor(random: Random, used: Set<string>) {
    this.#random = random;
    this.#used = used;
  }

  /** `Vorkalun`: can be said, so it passes for a family name. */
  word(): string {
    return this.#once(() => {
      const letters = Array.from(
        { length: CANARY_LETTERS / 2 },
        () => this.#random.pick(CONSONANTS) + this.#random.pick(VOWELS),
      );
      const word = letters.join('');
      return word.charAt(0).toUpperCase() + word.slice(1);
    });
  }

  /** Ten digits, as record numbers and telephones have; the first is not zero. */
  digits(): string {
    return this.#once(
      () => String(this.#random.between(1_000, 9_999)) + String(this.#random.between(100_000, 999_999)),
    );
  }

  /** A word of `alphabet`. */
  inScript(alphabet: readonly string[], length: number): string {
    return this.#once(() => Array.from({ length }, () => this.#random.pick(alphabet)).join(''));
  }

  #once(make: () => string): string {
    for (let attempt = 0; attempt < 1000; attempt += 1) {
      const candidate = make();
      const key = candidate.toLowerCase();
      if (this.#used.has(key)) continue;
      this.#used.add(key);
      return candidate;
    }
    throw new Error('no canary left: fewer objects, please');
  }
}
