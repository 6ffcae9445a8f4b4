/** The best `k` of a stream of scored rows: a binary heap with the worst kept row on top. */
export class TopK {
  readonly #k: number;
  readonly #idOf: (row: number) => string;
  readonly #rows: number[] = [];
  readonly #scores: number[] = [];

  constructor(k: number, idOf: (row: number) => string) {
    this.#k = k;
    this.#idOf = idOf;
  }

  offer(row: number, score: number): void {
    if (this.#rows.length < this.#k) {
      this.#rows.push(row);
      this.#scores.push(score);
      this.#up(this.#rows.length - 1);
    } else if (score > (this.#scores[0] ?? 0) || (score === this.#scores[0] && this.#before(row, this.#rows[0] ?? 0))) {
      this.#rows[0] = row;
      this.#scores[0] = score;
      this.#down(0);
    }
  }

  /** Best first, ties by id. */
  sorted(): readonly { readonly row: number; readonly score: number }[] {
    return this.#rows
      .map((row, index) => ({ row, score: this.#scores[index] ?? 0 }))
      .sort((a, b) => b.score - a.score || (this.#before(a.row, b.row) ? -1 : 1));
  }

  #before(a: number, b: number): boolean {
    return this.#idOf(a) < this.#idOf(b);
  }

  #worse(i: number, j: number): boolean {
    const [a, b] = [this.#scores[i] ?? 0, this.#scores[j] ?? 0];
    return a < b || (a === b && this.#before(this.#rows[j] ?? 0, this.#rows[i] ?? 0));
  }

  #swap(i: number, j: number): void {
    [this.#rows[i], this.#rows[j]] = [this.#rows[j] as number, this.#rows[i] as number];
    [this.#scores[i], this.#scores[j]] = [this.#scores[j] as number, this.#scores[i] as number];
  }

  #up(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#worse(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  #down(from: number): void {
    let parent = from;
    for (;;) {
      let worst = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < this.#rows.length && this.#worse(child, worst)) worst = child;
      }
      if (worst === parent) return;
      this.#swap(parent, worst);
      parent = worst;
    }
  }
}
