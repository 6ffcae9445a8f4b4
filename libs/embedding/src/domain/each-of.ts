/**
 * Runs `work` over `items`, at most `limit` at a time, in order of start. After the first fault nothing new is started;
 * what runs is waited for, so that nothing goes on behind the caller's back.
 */
export async function eachOf<T>(items: Iterable<T>, limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const source = items[Symbol.iterator]();
  const faults: unknown[] = [];
  const runner = async (): Promise<void> => {
    for (let next = source.next(); !next.done && faults.length === 0; next = source.next()) {
      await work(next.value).catch((fault: unknown) => void faults.push(fault));
    }
  };
  await Promise.all(Array.from({ length: limit }, runner));
  if (faults.length > 0) throw faults[0];
}

/** Lets at most `limit` run at a time; the others wait in order. */
export class Gate {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.free = limit;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
