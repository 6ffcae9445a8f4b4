import { createHash } from 'node:crypto';

/**
 * A seeded stream of numbers (sfc32). Streams are named by a path of labels, so that one more draw in one place changes nothing
 * elsewhere: a patient's anatomy is the same in each slice and each study because each reopens the stream of the same name.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  private constructor(state: readonly [number, number, number]) {
    [this.#a, this.#b, this.#c] = state;
  }

  /** @returns the stream called `labels`, always from its beginning. */
  static named(...labels: readonly (string | number)[]): Random {
    const digest = createHash('sha256').update(JSON.stringify(labels)).digest();
    return new Random([digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)]);
  }

  /** @returns 32 random bits, unsigned. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** @returns a number of [low, high). */
  between(low = 0, high = 1): number {
    return low + (this.bits() / 4294967296) * (high - low);
  }

  /** @returns a whole number of [low, high]. */
  whole(low: number, high: number): number {
    return low + (this.bits() % (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.between() < probability;
  }

  side(): -1 | 1 {
    return this.bits() & 1 ? 1 : -1;
  }

  pick<T>(choices: readonly [T, ...T[]] | readonly T[]): T {
    const choice = choices[this.bits() % choices.length];
    if (choice === undefined) throw new RangeError('nothing to pick from');
    return choice;
  }

  /** @returns about normal, mean 0, deviation 1: four uniforms summed, since logarithms differ between platforms in the last bit. */
  normal(): number {
    const one = this.bits();
    const two = this.bits();
    return ((one & 0xffff) + (one >>> 16) + (two & 0xffff) + (two >>> 16) - 131070) / 37837;
  }

  /** @returns a string of `count` decimal digits, the first not 0. */
  digits(count: number): string {
    let text = String(this.whole(1, 9));
    while (text.length < count) text += String(this.whole(0, 9));
    return text;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const keyed = items.map((item) => ({ item, key: this.bits() }));
    return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
  }
}

/** @returns a UID `2.25.<128-bit integer>` (PS3.5 B.2) named by its labels. */
export function uidNamed(...labels: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(JSON.stringify(labels)).digest('hex').slice(0, 32);
  return `2.25.${BigInt(`0x${digest}`).toString()}`;
}
