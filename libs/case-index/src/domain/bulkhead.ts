import { indexFault } from '../case-index.errors.ts';

/** At most `running` at a time and `waiting` in line; beyond that INDEX_BUSY at once. The SDK's own queue has no end. */
export class Bulkhead {
  readonly #running: number;
  readonly #waiting: number;
  readonly #line: (() => void)[] = [];
  #active = 0;

  constructor(running: number, waiting: number) {
    this.#running = running;
    this.#waiting = waiting;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      const next = this.#line.shift();
      // The place is handed on, not freed: nobody can slip in between.
      if (next === undefined) this.#active -= 1;
      else next();
    }
  }

  async #enter(): Promise<void> {
    if (this.#active < this.#running) {
      this.#active += 1;
      return;
    }
    if (this.#line.length >= this.#waiting) throw indexFault('INDEX_BUSY');
    await new Promise<void>((resolve) => this.#line.push(resolve));
  }
}
