/** One attribute of every row as a small integer: a filter is decided once a distinct value, not once a row. */
export class AttributeColumn {
  #codes = new Int32Array(1024);
  readonly #values: string[] = [];
  readonly #codeOf = new Map<string, number>();

  set(row: number, value: string): void {
    if (row >= this.#codes.length) this.#grow(row);
    this.#codes[row] = this.#code(value);
  }

  get(row: number): string {
    return this.#values[this.#codes[row] ?? 0] ?? '';
  }

  /** Which rows hold one of `values`, as a test by row number; holds while no new value is set. */
  matcher(values: readonly string[]): (row: number) => boolean {
    const wanted = new Uint8Array(this.#values.length);
    for (const value of values) {
      const code = this.#codeOf.get(value);
      if (code !== undefined) wanted[code] = 1;
    }
    const codes = this.#codes;
    return (row) => wanted[codes[row] ?? 0] === 1;
  }

  #code(value: string): number {
    const known = this.#codeOf.get(value);
    if (known !== undefined) return known;
    this.#codeOf.set(value, this.#values.length);
    return this.#values.push(value) - 1;
  }

  #grow(row: number): void {
    const grown = new Int32Array(Math.max(row + 1, this.#codes.length * 2));
    grown.set(this.#codes);
    this.#codes = grown;
  }
}
