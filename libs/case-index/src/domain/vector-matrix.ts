/** Rows of one chunk fill at most this; growing copies nothing. */
const CHUNK_BYTES = 8 * 1024 * 1024;

/** Vectors as contiguous rows in fixed chunks, with the inverse of each row's norm. */
export class VectorMatrix {
  readonly dimension: number;
  readonly #shift: number;
  readonly #chunks: Float32Array[] = [];
  readonly #inverseNorms: Float64Array[] = [];

  constructor(dimension: number) {
    this.dimension = dimension;
    this.#shift = Math.max(0, Math.floor(Math.log2(CHUNK_BYTES / (dimension * Float32Array.BYTES_PER_ELEMENT))));
  }

  get chunkRows(): number {
    return 2 ** this.#shift;
  }

  set(row: number, vector: Float32Array): void {
    const chunk = this.#chunkFor(row);
    const inside = row & (this.chunkRows - 1);
    chunk.vectors.set(vector, inside * this.dimension);
    chunk.norms[inside] = 1 / Math.sqrt(dot(vector, 0, vector, this.dimension));
  }

  /** The row itself, not a copy. */
  get(row: number): Float32Array {
    const start = (row & (this.chunkRows - 1)) * this.dimension;
    return this.#chunkFor(row).vectors.subarray(start, start + this.dimension);
  }

  /** Overwrites a row that is no longer in use: a deleted vector does not wait in memory. */
  clear(row: number): void {
    this.get(row).fill(0);
  }

  /** Cosine similarities of `query` to rows `from`..`to`, handed on one by one to `take`; rows `skip` names are left out. */
  scan(
    query: Float32Array,
    from: number,
    to: number,
    keep: (row: number) => boolean,
    take: (row: number, score: number) => void,
  ): void {
    const inverse = 1 / Math.sqrt(dot(query, 0, query, this.dimension));
    for (let row = from; row < to; row += 1) {
      if (!keep(row)) continue;
      const inside = row & (this.chunkRows - 1);
      const { vectors, norms } = this.#chunkFor(row);
      const cosine = dot(vectors, inside * this.dimension, query, this.dimension) * inverse * (norms[inside] ?? 0);
      take(row, Math.max(-1, Math.min(1, cosine)));
    }
  }

  #chunkFor(row: number): { vectors: Float32Array; norms: Float64Array } {
    const index = row >> this.#shift;
    while (this.#chunks.length <= index) {
      this.#chunks.push(new Float32Array(this.chunkRows * this.dimension));
      this.#inverseNorms.push(new Float64Array(this.chunkRows));
    }
    return { vectors: this.#chunks[index] as Float32Array, norms: this.#inverseNorms[index] as Float64Array };
  }
}

/**
 * Inner product of a row of `matrix` with `query`, in double precision and always in the same order, so that equal
 * vectors score equally on every machine. Four sums, because one chain of additions waits for itself.
 */
function dot(matrix: Float32Array, start: number, query: Float32Array, dimension: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = dimension - (dimension % 4);
  for (let i = 0; i < whole; i += 4) {
    a += (matrix[start + i] as number) * (query[i] as number);
    b += (matrix[start + i + 1] as number) * (query[i + 1] as number);
    c += (matrix[start + i + 2] as number) * (query[i + 2] as number);
    d += (matrix[start + i + 3] as number) * (query[i + 3] as number);
  }
  for (let i = whole; i < dimension; i += 1) a += (matrix[start + i] as number) * (query[i] as number);
  return a + b + (c + d);
}
