/** Plain text table: columns as wide as their longest cell, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const isNumeric = head.map((_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column])));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (isNumeric[at] === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const [first = [], ...rest] = cells;
  return [line(first), rule, ...rest.map(line)].join('\n');
}

const isNumber = (cell: string | number | undefined): boolean => /^[-+]?[\d.]+( %|s)?$/.test(String(cell ?? ''));
