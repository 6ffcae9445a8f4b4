// Faults for the examiner's own examination: each breaks an output that was right, in one way that one class must notice.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Action, ObjectKey, ScoreClass } from './key.ts';
import type { ReadFile } from './reader.ts';
import { readFile } from './reader.ts';

export interface Paths {
  readonly output: string;
  readonly reportFile: string;
}

export interface Breaker {
  readonly what: string;
  readonly c: ScoreClass;
  readonly spoil: (key: ObjectKey, paths: Paths) => void;
}

/** Values are views of the file, so writing into one changes the file. Only for data sets that are not deflated. */
function change(path: string, edit: (read: ReadFile, file: Buffer) => void): void {
  const file = readFileSync(path);
  edit(readFile(file), file);
  writeFileSync(path, file);
}

function valueAt({ byPath }: ReadFile, path: string): Buffer {
  const value = byPath.get(path)?.value;
  if (value === undefined || value.length === 0) throw new Error(`nothing at ${path} to spoil`);
  return value;
}

function overwrite(path: string, place: string, content: Buffer | string): void {
  change(path, (read) => {
    const value = valueAt(read, place);
    const bytes = Buffer.from(content as string, 'latin1');
    if (bytes.length > value.length) throw new Error(`${place} has no room`);
    value.fill(0x20).set(bytes);
  });
}

/** Another last digit: still a UID or a day. */
function nudge(path: string, place: string): void {
  change(path, (read) => {
    const value = valueAt(read, place);
    const text = value.toString('latin1').replace(/[\0 ]+$/, '');
    const digit = Number(text.at(-1));
    value.write(String(digit === 9 ? 8 : digit + 1), text.length - 1, 'latin1');
  });
}

function actionOf<C extends Action['c']>(
  { actions }: ObjectKey,
  c: C,
  wanted: (action: Extract<Action, { c: C }>) => boolean = () => true,
): Extract<Action, { c: C }> {
  const found = actions.find(
    (action): action is Extract<Action, { c: C }> => action.c === c && wanted(action as Extract<Action, { c: C }>),
  );
  if (found === undefined) throw new Error(`the key has no ${c} of that kind`);
  return found;
}

const tokenOf = (key: ObjectKey, c: 'text_removed' | 'private_removed' | 'hidden_removed', look = 'word'): string =>
  actionOf(key, c, (action) => action.look === look).token;

const PIXELS = '7fe00010';
const intoPixels = (what: string, encode: (word: string) => Buffer | string): Breaker => ({
  what: `a word of the source ${what}`,
  c: 'text_removed',
  spoil: (key, { output }) =>
    change(output, (read) => {
      valueAt(read, PIXELS).set(Buffer.from(encode(tokenOf(key, 'text_removed')) as string, 'latin1'), 11);
    }),
});

export const BREAKERS: readonly Breaker[] = [
  {
    what: 'a word of the source in a kept value',
    c: 'text_removed',
    spoil: (key, { output }) => overwrite(output, '00080070', tokenOf(key, 'text_removed')),
  },
  intoPixels('in lower case among binary', (word) => word.toLowerCase()),
  intoPixels('as UTF-16', (word) => Buffer.from(word, 'utf16le')),
  intoPixels('as UTF-16, the other order', (word) => Buffer.from(word, 'utf16le').swap16()),
  intoPixels('in base64', (word) => Buffer.from(`so ${word} says`).toString('base64')),
  intoPixels('inside a longer word', (word) => `xx${word.toUpperCase()}xx`),
  {
    what: 'a number of the source with hyphens and zeros',
    c: 'text_removed',
    spoil: (key, { output }) => {
      const digits = tokenOf(key, 'text_removed', 'digits');
      change(
        output,
        (read) => void valueAt(read, PIXELS).write(`x 00${digits.slice(0, 3)}-${digits.slice(3)} x`, 40, 'latin1'),
      );
    },
  },
  {
    what: 'a word of a private element',
    c: 'private_removed',
    spoil: (key, { output }) => overwrite(output, '00080070', tokenOf(key, 'private_removed')),
  },
  {
    what: 'the preamble of the source',
    c: 'hidden_removed',
    spoil: (key, { output }) =>
      change(output, (_, file) => void file.write(tokenOf(key, 'hidden_removed'), 30, 'latin1')),
  },
  {
    what: 'a UID of the source',
    c: 'uid_changed',
    spoil: (key, { output }) =>
      change(
        output,
        (read) =>
          void valueAt(read, '0020000e')
            .fill(0)
            .write(actionOf(key, 'uid_changed', ({ place }) => place.endsWith('0020000e')).uid),
      ),
  },
  { what: 'a series UID of its own', c: 'uid_consistent', spoil: (_, { output }) => nudge(output, '0020000e') },
  {
    what: 'a reference that leads nowhere',
    c: 'reference_resolves',
    spoil: (key, { output }) => nudge(output, actionOf(key, 'reference_resolves').path),
  },
  {
    what: 'the date of the source',
    c: 'date_shifted',
    spoil: (key, { output }) =>
      overwrite(output, '00080020', actionOf(key, 'date_shifted', ({ place }) => place === 'own StudyDate').date),
  },
  {
    what: 'the date of the source as people write it',
    c: 'date_shifted',
    spoil: (key, { output }) => {
      const { date } = actionOf(key, 'date_shifted', ({ place }) => place === 'own StudyDate');
      overwrite(output, '00080070', `${date.slice(6, 8)}.${date.slice(4, 6)}.${date.slice(0, 4)}`);
    },
  },
  {
    what: 'a content date one day off',
    c: 'interval_kept',
    spoil: (key, { output }) => nudge(output, actionOf(key, 'interval_kept', ({ path }) => path === '00080020').path),
  },
  {
    what: 'a Patient ID that is gone',
    c: 'tag_retained',
    // Six bytes before its value (explicit VR, short form) is the number of the element.
    spoil: (_, { output }) =>
      change(output, (read, file) => {
        const value = valueAt(read, '00100020');
        file.writeUInt16LE(0x0021, value.byteOffset - file.byteOffset - 6);
      }),
  },
  { what: 'another maker', c: 'text_retained', spoil: (_, { output }) => overwrite(output, '00080070', 'Other') },
  {
    what: 'a patient of his own for one object',
    c: 'patid_consistent',
    spoil: (_, { output }) => overwrite(output, '00100020', 'other'),
  },
  {
    what: 'one bit of one pixel',
    c: 'pixels_retained',
    spoil: (_, { output }) =>
      change(output, (read) => valueAt(read, PIXELS).set([(valueAt(read, PIXELS)[100] ?? 0) ^ 1], 100)),
  },
  {
    what: 'a stamp that claims full dates',
    c: 'stamp_honest',
    spoil: (_, { output }) => overwrite(output, '00120064[0].00080100', '113106'),
  },
  { what: 'no output', c: 'output_present', spoil: (_, { output }) => rmSync(output) },
  {
    what: 'a day that is none',
    c: 'header_valid',
    spoil: (_, { output }) => overwrite(output, '00080020', '2020ABCD'),
  },
  {
    what: 'a report that says a name',
    c: 'report_clean',
    spoil: (key, { reportFile }) => {
      const said = JSON.stringify({
        path: 'other.dcm',
        status: 'quarantined',
        reason: 'x',
        detail: `of ${tokenOf(key, 'text_removed')}`,
      });
      writeFileSync(reportFile, `${readFileSync(reportFile, 'utf8')}${said}\n`);
    },
  },
];
