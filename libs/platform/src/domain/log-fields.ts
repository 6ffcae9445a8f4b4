import { isKey } from '@precedent/kernel';
import type { FieldKind } from './log-catalogue.ts';

/** Stands in the log for a value that is not of its kind: the line itself is not lost. */
export const REFUSED = '[refused]';

/** Digits and dots only, as DICOM UIDs are (PS3.5 9.1); they fit the pattern of a key but are never one. */
const UID_LIKE = /^\d+(\.\d+)+$/;
const CODE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9+._-]{0,63}$/;
/** A long or numeric segment is a value and no declared route. */
const ROUTE = /^(\/(:?[A-Za-z][A-Za-z0-9_.-]{0,31}|v\d+|\*\w*)?)+$/;
const FRAME = /^[\w$.<>[\] #-]{1,120}( \([\w.-]{1,80}:\d+\))?$/;

const number = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const text = (pattern: RegExp) => (value: unknown) =>
  typeof value === 'string' && pattern.test(value) && !UID_LIKE.test(value);

const KINDS: Readonly<Record<FieldKind, (value: unknown) => boolean>> = {
  count: number,
  bytes: number,
  ms: number,
  flag: (value) => typeof value === 'boolean',
  code: text(CODE),
  route: text(ROUTE),
  version: text(VERSION),
  key: (value) => typeof value === 'string' && isKey(value) && !UID_LIKE.test(value),
  frames: (value) => Array.isArray(value) && value.every((frame) => typeof frame === 'string' && FRAME.test(frame)),
};

export function accepts(kind: FieldKind, value: unknown): boolean {
  return KINDS[kind](value);
}

const FRAME_LINE = /^\s+at (?:(?:async )?(.{1,80}?) \()?(?:.*[\\/])?([\w.-]{1,80}):(\d+):\d+\)?$/;

/** Where an error came from, without its message, which may quote what was being read: `name (file.js:12)`, causes too. */
export function framesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 3) return [];
  const lines = (error.stack ?? '').split('\n').flatMap((line) => {
    const [, name, file, row] = FRAME_LINE.exec(line) ?? [];
    return file === undefined || row === undefined
      ? []
      : [`${(name ?? 'module').replace(/[^\w$.<>]/g, '')} (${file}:${row})`];
  });
  const kind = error.constructor.name.replace(/[^\w$]/g, '');
  return [kind, ...lines.slice(0, 8), ...framesOf(error.cause, depth + 1)];
}
