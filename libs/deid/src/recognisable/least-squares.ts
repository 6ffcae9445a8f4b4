/** Solves min |A·x − b|² by the normal equations; `rows` are the rows of A with b appended. @returns undefined when singular */
export function leastSquares(rows: readonly (readonly number[])[]): readonly number[] | undefined {
  const n = (rows[0]?.length ?? 1) - 1;
  const m = Array.from({ length: n }, () => new Array<number>(n + 1).fill(0));
  for (const row of rows)
    for (let i = 0; i < n; i++) for (let j = 0; j <= n; j++) add(m, i, j, (row[i] ?? 0) * (row[j] ?? 0));
  return eliminate(m);
}

function add(m: number[][], i: number, j: number, value: number): void {
  const row = m[i];
  if (row !== undefined) row[j] = (row[j] ?? 0) + value;
}

/** Gauss–Jordan with row exchange. */
function eliminate(m: number[][]): readonly number[] | undefined {
  for (let column = 0; column < m.length; column++) {
    const pivot = pivotRow(m, column);
    const row = m[pivot];
    if (row === undefined || Math.abs(row[column] ?? 0) < 1e-12) return undefined;
    m[pivot] = m[column] ?? [];
    m[column] = row.map((value) => value / (row[column] ?? 1));
    for (let i = 0; i < m.length; i++) if (i !== column) reduce(m, i, column);
  }
  return m.map((row) => row.at(-1) ?? 0);
}

function pivotRow(m: readonly (readonly number[])[], column: number): number {
  let best = column;
  for (let i = column + 1; i < m.length; i++)
    if (Math.abs(m[i]?.[column] ?? 0) > Math.abs(m[best]?.[column] ?? 0)) best = i;
  return best;
}

function reduce(m: number[][], i: number, column: number): void {
  const factor = m[i]?.[column] ?? 0;
  m[i] = (m[i] ?? []).map((value, j) => value - factor * (m[column]?.[j] ?? 0));
}
