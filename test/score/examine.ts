import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Census } from './census.ts';
import { SYNTAX } from './dataset.ts';
import { daysBetween } from './dates.ts';
import type { Action, ObjectKey, ScoreClass } from './key.ts';
import type { ReadFile } from './reader.ts';
import { readFile, textOf } from './reader.ts';
import { withoutComments } from './stream-comments.ts';
import { dateForms, Haystack, highBits, nameIn } from './search.ts';
import { checkStamp } from './stamps.ts';

/** One action judged. */
export interface Verdict {
  readonly c: ScoreClass;
  readonly place: string;
  readonly passed: boolean;
  /** What was seen instead: where it lies, never more than tokens that were invented here. */
  readonly seen?: string;
  /** Something of the patient can be read in the output. */
  readonly leak?: boolean;
}

/** What the report of the product says about a file. */
export interface ReportEntry {
  readonly status: string;
  readonly reason?: string;
  readonly detail?: string;
}

export interface Folders {
  readonly inDir: string;
  readonly outDir: string;
}

const pass = (c: ScoreClass, place: string): Verdict => ({ c, place, passed: true });
const fail = (c: ScoreClass, place: string, seen: string, leak = false): Verdict => ({
  c,
  place,
  passed: false,
  seen,
  leak,
});
const judge = (c: ScoreClass, place: string, passed: boolean, seen: string, leak = false): Verdict =>
  passed ? pass(c, place) : fail(c, place, seen, leak);

/** Judges every action of one object. */
export function examine(
  key: ObjectKey,
  census: Census,
  { inDir, outDir }: Folders,
  entry: ReportEntry | undefined,
): readonly Verdict[] {
  const path = join(outDir, key.file);
  if (!existsSync(path)) return withoutOutput(key, entry);
  const output = openOutput(path);
  if (typeof output === 'string')
    return [fail('output_present', `${key.kind}: cannot be read`, output), ...allFailed(key, 'output cannot be read')];
  const input = readFile(readFileSync(join(inDir, key.file)), true);
  const scene = sceneOf(input, output);
  const said = judge(
    'output_present',
    key.kind,
    entry?.status === 'deidentified',
    `the report says ${entry?.status ?? 'nothing'}`,
  );
  return [
    said,
    ...key.actions.map((action) => judgeAction(action, key, scene, census)),
    ...ofWhole(key, input, output, census),
  ];
}

function openOutput(path: string): ReadFile | string {
  try {
    return readFile(readFileSync(path));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A missing output is a failure of every action, except where the key lets the object be held and the report says why it was. */
function withoutOutput(key: ObjectKey, entry: ReportEntry | undefined): readonly Verdict[] {
  const reasoned = entry?.status === 'quarantined' && (entry.reason ?? '') !== '' && (entry.detail ?? '') !== '';
  if (key.mayBeHeld !== undefined && reasoned) return [pass('output_present', `held: ${key.mayBeHeld}`)];
  const seen = reasoned ? `held back: ${entry.reason}` : 'no output and no reason';
  return [fail('output_present', `${key.kind}: no output`, seen), ...allFailed(key, seen)];
}

const allFailed = (key: ObjectKey, seen: string): readonly Verdict[] =>
  key.actions.map(({ c }) => fail(c, `(no output) ${key.kind}`, seen));

/** An output as it is asked about. */
interface Scene {
  readonly input: ReadFile;
  readonly output: ReadFile;
  readonly haystack: Haystack;
  readonly texts: readonly string[];
  /** Days as eight digits and in the forms of people, outside the values that hold dates. */
  readonly days: ReadonlySet<string>;
  /** All texts in lower case, for days with the names of months. */
  readonly written: string;
  readonly dateValues: readonly { readonly path: string; readonly day: string }[];
}

const TEXT_VR = /^(AE|AS|CS|DS|IS|LO|LT|PN|SH|ST|UC|UR|UT|UN)$/;

function sceneOf(input: ReadFile, output: ReadFile): Scene {
  const texts: string[] = [];
  const days = new Set<string>();
  const dateValues: { path: string; day: string }[] = [];
  const [file = Buffer.alloc(0)] = output.carriers;
  const loose = [file.toString('latin1', 0, 128)];
  for (const { path, vr, value } of output.elements) {
    if (value === undefined) continue;
    if (vr === 'DA' || vr === 'DT') dateValues.push({ path, day: textOf(value).slice(0, 8) });
    else if (vr !== 'UI') loose.push(value.toString('latin1'));
    if (TEXT_VR.test(vr)) texts.push(value.toString('latin1'), value.toString('utf8'));
  }
  for (const text of loose) {
    for (const run of text.match(/\d{8,}/g) ?? []) days.add(run.slice(0, 8));
    for (const form of text.match(/\d{1,4}[-./]\d{1,2}[-./]\d{1,4}/g) ?? []) days.add(form);
  }
  return {
    input,
    output,
    haystack: new Haystack(
      output.carriers,
      output.elements.flatMap(({ value }) => value ?? []),
    ),
    texts: [texts.join('\n')],
    written: texts.join('\n').toLowerCase(),
    days,
    dateValues,
  };
}

function judgeAction(action: Action, key: ObjectKey, scene: Scene, census: Census): Verdict {
  const { c, place } = action;
  switch (c) {
    case 'text_removed':
    case 'private_removed':
    case 'hidden_removed':
      return judge(
        c,
        place,
        !isLeft(action.token, action.look, scene),
        `'${action.token}' at ${whereIs(action.token, scene)}`,
        true,
      );
    case 'uid_changed':
      return judge(c, place, !scene.haystack.hasUid(action.uid), 'the UID is in the output', true);
    case 'uid_consistent':
      return judge(c, place, ...uidConsistent(action, scene, census));
    case 'reference_resolves':
      return judge(c, place, ...resolves(action, scene, census));
    case 'date_shifted':
      return judge(c, place, ...dateGone(action, key, scene, census));
    case 'interval_kept':
      return judge(c, place, ...intervalKept(action, key, scene, census));
    case 'tag_retained':
      return judge(c, place, ...retained(action, scene));
    case 'text_retained':
      return judge(c, place, ...textStays(action, scene));
  }
}

type Judged = readonly [passed: boolean, seen: string, leak?: boolean];

function isLeft(
  token: string,
  look: Extract<Action, { token: string }>['look'],
  { haystack, texts, output }: Scene,
): boolean {
  if (look === 'word') return haystack.hasWord(token);
  if (look === 'script') return haystack.hasScript(token);
  if (look === 'digits') return haystack.hasDigits(token);
  if (look === 'raw') return haystack.hasRaw(token);
  if (look === 'name') return nameIn(texts, token);
  return highBits(wordsOf(output)).includes(token);
}

/** Place in the output, for the one who mends it. */
function whereIs(token: string, { output }: Scene): string {
  const wanted = token.toLowerCase();
  const found = output.elements.find(({ value }) => value?.toString('latin1').toLowerCase().includes(wanted) === true);
  return found === undefined ? 'some other place or encoding' : `${found.path} ${found.vr}`;
}

const valueAt = ({ output }: Scene, path: string): string | undefined => {
  const found = output.byPath.get(path);
  return found?.value === undefined ? undefined : textOf(found.value);
};

function uidConsistent(
  { path, uid, required }: Extract<Action, { c: 'uid_consistent' }>,
  scene: Scene,
  census: Census,
): Judged {
  const value = valueAt(scene, path);
  if (value === undefined || value === '') return [!required, `${path} is gone`];
  if (!/^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/.test(value) || value.length > 64) return [false, 'not a UID (PS3.5 9.1)'];
  const stands = census.uids.get(uid)?.size ?? 0;
  const owners = census.sources.get(value)?.size ?? 0;
  return [stands === 1 && owners === 1, `${stands} UIDs for one, ${owners} for the other way`];
}

function resolves({ path, uid }: Extract<Action, { c: 'reference_resolves' }>, scene: Scene, census: Census): Judged {
  const value = valueAt(scene, path);
  if (value === undefined) return [false, `${path} is gone`];
  // An object that was held back has no UID of its own to compare with: the other references to it must agree at least.
  const made = census.uids.get(uid);
  return [
    made === undefined ? value !== uid && value !== '' : made.size === 1 && made.has(value),
    `${path} leads nowhere`,
  ];
}

/** The day itself may be nowhere; another date that was moved onto it is no leak of it. */
function dateGone(
  { path, date }: Extract<Action, { c: 'date_shifted' }>,
  key: ObjectKey,
  scene: Scene,
  census: Census,
): Judged {
  if (path !== '' && valueAt(scene, path)?.startsWith(date) === true) return [false, `${path} as it was`, true];
  if (
    scene.days.has(date) ||
    dateForms(date).some(
      (form) => (form.length > 8 && scene.days.has(form)) || scene.written.includes(form.toLowerCase()),
    )
  )
    return [false, 'the day in a text or other bytes', true];
  const copy = scene.dateValues.find(
    ({ day, path: other }) => day === date && !movedHere(other, day, key, scene, census),
  );
  return [copy === undefined, `the day at ${copy?.path ?? ''}`, true];
}

/** Whether the date that stood here in the source, moved as the patient's dates are, is this day. */
function movedHere(path: string, day: string, key: ObjectKey, { input }: Scene, census: Census): boolean {
  const before = textOf(input.byPath.get(path)?.value);
  return daysBetween(before, day) === census.offsets.get(key.patient) && !before.startsWith(day);
}

function intervalKept(
  { path, date }: Extract<Action, { c: 'interval_kept' }>,
  key: ObjectKey,
  scene: Scene,
  census: Census,
): Judged {
  const value = valueAt(scene, path);
  if (value === undefined || value === '') return [false, `${path} is ${value === undefined ? 'gone' : 'empty'}`];
  const days = daysBetween(date, value);
  const expected = census.offsets.get(key.patient);
  return [
    days !== undefined && days === expected,
    `moved by ${days ?? 'no'} days, the patient by ${expected ?? 'none'}`,
  ];
}

function retained({ path, filled }: Extract<Action, { c: 'tag_retained' }>, { output }: Scene): Judged {
  const found = output.byPath.get(path);
  if (found === undefined) return [false, `${path} is gone`];
  return [!filled || found.vr === 'SQ' || (found.value?.length ?? 0) > 0, `${path} is empty`];
}

function textStays({ path, text }: Extract<Action, { c: 'text_retained' }>, scene: Scene): Judged {
  const value = valueAt(scene, path)?.split('\0')[0]?.trim();
  if (value === undefined) return [false, `${path} is gone`];
  const words = text.startsWith('~') ? text.slice(1).split(' ') : undefined;
  const stays =
    words === undefined ? value === text : words.every((word) => value.split(/[^A-Za-z0-9]+/).includes(word));
  return [stays, `${path} is another text`];
}

/** What is judged by input and output as a whole. */
function ofWhole(key: ObjectKey, input: ReadFile, output: ReadFile, census: Census): readonly Verdict[] {
  return [
    ...patientId(key, output, census),
    ...pixels(key, input, output),
    ...checkStamp(input, output).map(({ what, honest }) =>
      judge('stamp_honest', what, honest, honest ? '' : 'the stamp says otherwise'),
    ),
  ];
}

function patientId(key: ObjectKey, output: ReadFile, census: Census): readonly Verdict[] {
  const id = textOf(output.byPath.get('00100020')?.value);
  const ids = census.patientIds.get(key.patient)?.size ?? 0;
  const owners = census.ownersOf.get(id)?.size ?? 0;
  return [
    judge(
      'patid_consistent',
      'PatientID',
      id !== '' && ids === 1 && owners === 1,
      `${ids} IDs of the patient, ${owners} patients of the ID`,
    ),
  ];
}

const PIXEL_DATA = '7fe00010';

/** No text was burned in, so every pixel must be as it was; what was planted in streams is left out of the comparison. */
function pixels(key: ObjectKey, input: ReadFile, output: ReadFile): readonly Verdict[] {
  const before = input.byPath.get(PIXEL_DATA);
  if (before?.value === undefined || (key.plantedBits === true && before.vr !== 'OW')) return [];
  const place = key.plantedBits === true ? `${key.kind} (stored bits)` : key.kind;
  return [judge('pixels_retained', place, samplesOf(input).equals(samplesOf(output)), 'pixels are not as they were')];
}

/** Words of native pixels, the lower byte first whatever the byte order of the file. */
function wordsOf({ byPath, syntax }: ReadFile): Buffer {
  const value = byPath.get(PIXEL_DATA)?.value ?? Buffer.alloc(0);
  return syntax === SYNTAX.bigEndian && value.length % 2 === 0 ? Buffer.from(value).swap16() : value;
}

/** What decides the picture: stored bits of native pixels, code streams without the text of their comments. */
function samplesOf(file: ReadFile): Buffer {
  const found = file.byPath.get(PIXEL_DATA);
  if (found?.value === undefined) return Buffer.alloc(0);
  if (found.fragments !== undefined) return Buffer.concat(found.fragments.map(withoutComments));
  if (found.vr !== 'OW') return found.value;
  return Buffer.from(wordsOf(file).map((byte, at) => (at % 2 === 1 ? byte & 0x0f : byte)));
}
