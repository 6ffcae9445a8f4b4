const NUL = 0;
const SPACE = 0x20;

/**
 * A text without the NULs and spaces at its end (PS3.5 6.2). By hand, because the pattern `[\0 ]+$` begins anew at every
 * character of every run: 100 KB of zeros with one other byte behind them took it 3 s, 10 MB would take hours.
 */
export function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && isPadding(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

function isPadding(code: number): boolean {
  return code === NUL || code === SPACE;
}
