import { REFUSED } from './log-fields.ts';

/** A UID of five or more components (PS3.5 9.1), but for DICOM's own root, which names syntaxes and classes, not patients. */
const SOURCE_UID = /(?<![\d.])(?!1\.2\.840\.10008\.)\d+(?:\.\d+){4,}/;
/** Person names carry their component separator (PS3.5 6.2.1); control characters break PostgreSQL's text. */
const NAME_OR_CONTROL = /[\^\u0000-\u001f]/;

/**
 * The last line before a record that is kept for years: text that looks like a hospital's UID or a person's name is replaced
 * as a whole by `[refused]`. The record itself is not lost. A safety net: callers hand in pseudonyms and codes only.
 */
export function withoutIdentifiers<T>(value: T): T | string {
  if (typeof value !== 'string') return value;
  return SOURCE_UID.test(value) || NAME_OR_CONTROL.test(value) ? REFUSED : value;
}

/** The same for every value of a flat record. */
export function recordWithoutIdentifiers(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, withoutIdentifiers(value)]));
}
