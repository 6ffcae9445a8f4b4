import { createHash } from 'node:crypto';
import { formatTag, readDataset, rewriteDataset, stringsOf } from '@precedent/dicom';
import type { Dataset, Element, NewElement } from '@precedent/dicom';
import type { ImageKey, PatientKey, SeriesKey, StudyKey } from '@precedent/kernel';
import { ageAt } from './domain/ages.ts';
import { attributesOf } from './domain/attributes.ts';
import type { ElementRules } from './domain/element-rules.ts';
import { gatherEvidence } from './domain/evidence.ts';
import type { Evidence } from './domain/evidence.ts';
import { admit } from './domain/gate.ts';
import type { Haystack, LeakCheck, LeakKind } from './domain/leak-check.ts';
import { cleanCarriers } from './domain/picture-carriers.ts';
import type { PixelCleaner, PixelCleaning, PixelReplacement } from './domain/pixel-cleaning.ts';
import { searchable } from './domain/leak-check.ts';
import { Planner } from './domain/plan.ts';
import type { Plan } from './domain/plan.ts';
import type { ProfileRules } from './domain/profile.ts';
import type { Pseudonyms } from './domain/pseudonyms.ts';
import { isStamp } from './domain/stamp-tags.ts';
import { stampElements } from './domain/stamp.ts';
import { streamComments } from './domain/stream-comments.ts';
import type { Iod } from './domain/table.ts';
import type { DeidAction, DeidentifiedAttributes, QuarantineReason } from './domain/types.ts';
import { asciiAt } from './domain/values.ts';
import { deidError } from './deid.errors.ts';
import { identityOf } from './vault/domain/identity.ts';
import type { SourceIdentity } from './vault/domain/types.ts';

/** Keyed pseudonyms of one object. */
export interface ObjectKeys {
  readonly patientKey: PatientKey;
  readonly studyKey: StudyKey;
  readonly seriesKey: SeriesKey;
  readonly imageKey: ImageKey;
}

export interface DeidentifiedObject extends ObjectKeys {
  readonly kind: 'deidentified';
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly attributes: DeidentifiedAttributes;
  readonly actions: readonly DeidAction[];
}

export type ObjectOutcome =
  DeidentifiedObject | { readonly kind: 'quarantined'; readonly reason: QuarantineReason; readonly detail: string };

/** The outcome with what the source said about its patient: stays inside this room. */
export interface TracedOutcome {
  readonly outcome: ObjectOutcome;
  readonly evidence?: Evidence;
  /** Who and what it was about, for the vault's seal. */
  readonly identity?: SourceIdentity;
}

export interface ObjectPolicy {
  readonly profile: ProfileRules;
  readonly rules: ElementRules;
  readonly pseudonyms: Pseudonyms;
  readonly leaks: LeakCheck;
  /** `off` lets every picture pass as it is; without a cleaner every image is held back. */
  readonly pixels: PixelCleaner | 'off' | undefined;
}

const TAGS = {
  sopInstance: 0x00080018,
  studyDate: 0x00080020,
  name: 0x00100010,
  patientId: 0x00100020,
  issuer: 0x00100021,
  birthDate: 0x00100030,
  age: 0x00101010,
  study: 0x0020000d,
  series: 0x0020000e,
  burnedIn: 0x00280301,
  pixelData: 0x7fe00010,
} as const;

/**
 * One object: read by two readers, gated, planned, rewritten, read again and searched for leaks. Never throws for what
 * is in the bytes; anything it does not understand is quarantined, with nothing written.
 */
export async function deidentifyObject(bytes: Buffer, policy: ObjectPolicy): Promise<TracedOutcome> {
  const read = readDataset(bytes);
  if (read.kind === 'rejected') return { outcome: held(read.reason, read.detail) };
  const { dataset } = read;
  const admission = admit(dataset);
  if (admission.kind === 'refused') return { outcome: held(admission.reason, admission.detail) };
  const keys = keysIn(dataset, policy.pseudonyms);
  if (keys === undefined) return { outcome: held('missing-identity', IDENTITY_DETAIL) };
  if (policy.pixels === undefined) return { outcome: held('pixel-cleaning-pending', PIXEL_DETAIL) };
  const evidence = gatherEvidence(dataset);
  const pixels = await pixelsOf({ dataset, picture: admission.picture, evidence }, policy.pixels);
  if (pixels.kind === 'held') return { outcome: held(pixels.reason, pixels.detail), evidence };
  const picture = treatedPicture(dataset, admission.picture, pixels);
  if (picture === undefined) return { outcome: held('undecodable', STREAM_DETAIL), evidence };
  const outcome = rewritten(dataset, admission.iod, keys, { policy, evidence, picture });
  return { outcome, evidence, identity: identityOf(dataset) };
}

/** What became of the picture: nobody looked, or it was looked at and, where needed, replaced. */
type TreatedPixels = Exclude<PixelCleaning, { kind: 'held' }> | { readonly kind: 'uncleaned' };

function pixelsOf(
  request: Parameters<PixelCleaner['clean']>[0],
  cleaner: PixelCleaner | 'off',
): Promise<PixelCleaning> | { readonly kind: 'uncleaned' } {
  return cleaner === 'off' ? { kind: 'uncleaned' } : cleaner.clean(request);
}

/** What is written in place of the picture, and by which rule. */
interface TreatedPicture {
  readonly cleaned: boolean;
  readonly rule: 'pixels' | 'stream-carriers';
  readonly replacement?: PixelReplacement;
}

/** @returns undefined when its code stream cannot be followed, so that nobody can say what is in it besides samples */
function treatedPicture(dataset: Dataset, element: Element, pixels: TreatedPixels): TreatedPicture | undefined {
  const cleaned = pixels.kind === 'clean';
  if (cleaned && pixels.replacement !== undefined) return { cleaned, rule: 'pixels', replacement: pixels.replacement };
  const carriers = cleanCarriers(dataset, element);
  if (carriers.kind === 'unknown') return undefined;
  return {
    cleaned,
    rule: 'stream-carriers',
    ...(carriers.kind === 'cleaned' && { replacement: carriers.replacement }),
  };
}

const STREAM_DETAIL =
  'The code stream of the picture is damaged, so what it holds besides the picture is not known: ask the sender for it again.';
const IDENTITY_DETAIL =
  'Patient ID (or name and birth date) or one of the study, series and instance UIDs is missing: correct it at the source.';
const PIXEL_DETAIL =
  'Text burned into the picture was not looked for: the image waits until pixel cleaning is set up, or an administrator lets uncleaned pixels through.';

function held(reason: QuarantineReason, detail: string): ObjectOutcome {
  return { kind: 'quarantined', reason, detail };
}

/** @returns the object's pseudonyms, or undefined when it does not say whose it is or which image it is. */
export function keysIn(dataset: Dataset, pseudonyms: Pseudonyms): ObjectKeys | undefined {
  const [study, series, image] = [TAGS.study, TAGS.series, TAGS.sopInstance].map((tag) =>
    asciiAt(dataset, dataset.elements, tag),
  );
  const patient = pseudonyms.patientKey({
    id: stringsOf(dataset, TAGS.patientId)[0] ?? '',
    issuer: stringsOf(dataset, TAGS.issuer)[0] ?? '',
    name: stringsOf(dataset, TAGS.name)[0] ?? '',
    birthDate: asciiAt(dataset, dataset.elements, TAGS.birthDate),
  });
  if (patient === undefined || !study || !series || !image) return undefined;
  return {
    patientKey: patient,
    studyKey: pseudonyms.studyKey(study),
    seriesKey: pseudonyms.seriesKey(series),
    imageKey: pseudonyms.imageKey(image),
  };
}

function rewritten(
  dataset: Dataset,
  iod: Iod,
  keys: ObjectKeys,
  { policy, evidence, picture }: { policy: ObjectPolicy; evidence: Evidence; picture: TreatedPicture },
): ObjectOutcome {
  const { replacement } = picture;
  const made = withPixels(new Planner(policy, { dataset, iod, patient: keys.patientKey }).plan(), dataset, picture);
  const age = ageElement(dataset, policy);
  const plan = age === undefined ? made : { ...made, characteristicsKept: true };
  const burnedIn = asciiAt(dataset, dataset.elements, TAGS.burnedIn);
  const add = [
    ...stampElements({ ...plan, pixelsCleaned: picture.cleaned }, policy.profile, {
      iodName: iod.name,
      burnedIn,
    }),
    ...(age === undefined ? [] : [age]),
    ...(replacement?.elements ?? []),
  ];
  const syntax = replacement === undefined ? {} : { transferSyntax: replacement.transferSyntax };
  const output = rewriteDataset(dataset, (element) => decisionOf(plan, element), { add, ...syntax });
  const again = readDataset(output);
  if (again.kind === 'rejected')
    return held('malformed', 'The object could not be read again after rewriting: keep it for the makers.');
  const leak = policy.leaks.find(haystackOf(again.dataset), evidence, plan.newDates);
  if (leak !== undefined) return held('leak-found', LEAK_DETAILS[leak]);
  const sha256 = createHash('sha256').update(output).digest('hex');
  return {
    kind: 'deidentified',
    ...keys,
    bytes: output,
    sha256,
    attributes: attributesOf(again.dataset),
    actions: plan.actions,
  };
}

/** New pixels are written by `add`; here are the attributes that go with the old ones, and the line of the ledger. */
function withPixels(plan: Plan, dataset: Dataset, { replacement, rule }: TreatedPicture): Plan {
  if (replacement === undefined) return plan;
  const decisions = new Map(plan.decisions);
  for (const element of dataset.elements)
    if (replacement.dropped.includes(element.tag)) decisions.set(element, { kind: 'drop' });
  const actions: DeidAction[] = [
    ...plan.actions,
    { path: formatTag(TAGS.pixelData), rule, action: 'cleaned' },
    ...replacement.dropped
      .filter((tag) => dataset.elements.some((element) => element.tag === tag))
      .map((tag): DeidAction => ({ path: formatTag(tag), rule, action: 'removed' })),
  ];
  return { ...plan, decisions, actions };
}

/** Fail closed: an element without a decision would leave as it is. */
function decisionOf(plan: Plan, element: Element): ReturnType<Plan['decisions']['get']> & object {
  const decision = plan.decisions.get(element);
  if (decision === undefined) throw deidError('DEID_ELEMENT_UNDECIDED');
  return decision;
}

/** Age at the study, made from the dates that go, where the object states none and the profile keeps ages. */
function ageElement(dataset: Dataset, { profile }: ObjectPolicy): NewElement | undefined {
  if (!profile.keepPatientCharacteristics.includes('PatientAge')) return undefined;
  const value = (tag: number): string => asciiAt(dataset, dataset.elements, tag);
  if (value(TAGS.age) !== '') return undefined;
  const age = ageAt(value(TAGS.birthDate), value(TAGS.studyDate));
  return age === undefined ? undefined : { tag: TAGS.age, value: { text: age } };
}

const SEARCHED = 'The finished object still held';
const LEAK_DETAILS: Readonly<Record<LeakKind, string>> = {
  name: `${SEARCHED} a name from the source: check where the source repeats it, or list the word as ordinary.`,
  id: `${SEARCHED} a number that identifies the patient, visit, order or device in the source.`,
  place: `${SEARCHED} a place, address or telephone number from the source.`,
  date: `${SEARCHED} a date of the source that should have been moved.`,
  uid: `${SEARCHED} a UID of the source.`,
};

/** The output without its picture, whose text is the business of pixel cleaning; but with the comments in its stream. */
function haystackOf(output: Dataset): Haystack {
  const { bytes, elements } = output;
  // Our own stamp speaks of patients and dates, as some patients are called.
  const searched = elements.filter(({ tag }) => !isStamp(tag));
  const picture = elements.find(({ tag }) => tag >>> 16 === 0x7fe0 && (tag & 0xffff) >= 8);
  const head = searchable(picture === undefined ? bytes : bytes.subarray(0, picture.valueStart));
  // Cut out of the one text where it can be: turning each value's bytes into text costs as much as searching all of them.
  const textAt = (start: number, end: number): string =>
    end <= head.length ? head.slice(start, end) : searchable(bytes.subarray(start, end));
  const values: string[] = [];
  collectValues(searched, picture, (start, end) => values.push(textAt(start, end)));
  if (picture === undefined) return { values, raw: [head] };
  const comments = streamComments(output, picture).map(searchable);
  return { values: [...values, ...comments], raw: [head, searchable(bytes.subarray(picture.valueEnd)), ...comments] };
}

function collectValues(
  elements: readonly Element[],
  picture: Element | undefined,
  take: (start: number, end: number) => void,
): void {
  for (const element of elements) {
    if (element === picture) continue;
    if (element.items === undefined) take(element.valueStart, element.valueEnd);
    else for (const item of element.items) collectValues(item.elements, picture, take);
  }
}
