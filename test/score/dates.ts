const DAY = 86_400_000;

/** Days since 1970 of `YYYYMMDD…`; undefined where that is no day. */
export function dayOf(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)/.exec(text);
  if (match === null) return undefined;
  const time = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return Number.isNaN(time) ? undefined : time / DAY;
}

/** Days from one to the other; undefined where one is no day. */
export function daysBetween(from: string, to: string): number | undefined {
  const [first, second] = [dayOf(from), dayOf(to)];
  return first === undefined || second === undefined ? undefined : second - first;
}
