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
import type { DescriptorCleaner, DescriptorForm } from './domain/clean-descriptor.ts';
import type { LeakCheck, LeakKind, LeakSearch } from './domain/leak-check.ts';
import { cleanCarriers } from './domain/picture-carriers.ts';
import type { PixelCleaner, PixelCleaning, PixelReplacement, PixelRequest } from './domain/pixel-cleaning.ts';
import { Planner } from './domain/plan.ts';
import type { Plan, TextRules } from './domain/plan.ts';
import type { ProfileRules } from './domain/profile.ts';
import type { Pseudonyms } from './domain/pseudonyms.ts';
import type { SafePrivate } from './domain/safe-private.ts';
import { stampElements } from './domain/stamp.ts';
import type { Iod, TableOption } from './domain/table.ts';
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
  /** False for reports, presentation states, plans...: nothing to show, nothing to embed. */
  readonly hasPicture: boolean;
}

export type ObjectOutcome =
  DeidentifiedObject | { readonly kind: 'quarantined'; readonly reason: QuarantineReason; readonly detail: string };

/** The outcome with what the source said about its patient: stays inside this room. */
export interface TracedOutcome {
  readonly outcome: ObjectOutcome;
  readonly evidence?: Evidence;
  /** Who and what it was about, for the vault's seal. */
  readonly identity?: SourceIdentity;
  /** The patient is known by the study only. */
  readonly patientUnknown?: boolean;
}

export interface ObjectPolicy {
  readonly profile: ProfileRules;
  readonly rules: ElementRules;
  readonly pseudonyms: Pseudonyms;
  readonly leaks: LeakCheck;
  readonly safePrivate: SafePrivate;
  readonly descriptors: DescriptorCleaner;
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

/** What was done about the face before: `bytes` are already without it. */
export type FacesDone = 'not-looked-for' | 'nothing-recognisable' | 'removed';

/**
 * One object: read by two readers, gated, planned, rewritten, read again and searched for leaks. Never throws for what
 * is in the bytes; anything it does not understand is quarantined, with nothing written.
 */
export async function deidentifyObject(
  bytes: Buffer,
  policy: ObjectPolicy,
  faces: FacesDone = 'not-looked-for',
): Promise<TracedOutcome> {
  const read = readDataset(bytes);
  if (read.kind === 'rejected') return { outcome: held(read.reason, read.detail) };
  const { dataset } = read;
  const admission = admit(dataset);
  if (admission.kind === 'refused') return { outcome: held(admission.reason, admission.detail) };
  const keys = keysIn(dataset, policy.pseudonyms);
  if (keys === undefined) return { outcome: held('missing-identity', IDENTITY_DETAIL) };
  const evidence = gatherEvidence(dataset);
  const pixels = await pixelsOf({ dataset, picture: admission.picture, evidence }, policy.pixels);
  if (pixels.kind === 'held') return { outcome: held(pixels.reason, pixels.detail), evidence };
  const picture = treatedPicture(dataset, admission.picture, pixels);
  if (picture === undefined) return { outcome: held('undecodable', STREAM_DETAIL), evidence };
  const patientUnknown = patientIn(dataset, policy.pseudonyms) === undefined;
  const outcome = rewritten(dataset, admission.iod, keys, { policy, evidence, picture, faces });
  return { outcome, evidence, identity: identityOf(dataset), patientUnknown };
}

/** What became of the picture: there is none, nobody looked, or it was looked at and, where needed, replaced. */
type TreatedPixels = Exclude<PixelCleaning, { kind: 'held' }> | { readonly kind: 'uncleaned' | 'none' };

function pixelsOf(
  { picture, ...object }: Omit<PixelRequest, 'picture'> & { readonly picture: Element | undefined },
  cleaner: PixelCleaner | 'off' | undefined,
): Promise<PixelCleaning> | PixelCleaning | TreatedPixels {
  if (picture === undefined) return { kind: 'none' };
  if (cleaner === undefined) return { kind: 'held', reason: 'pixel-cleaning-pending', detail: PIXEL_DETAIL };
  return cleaner === 'off' ? { kind: 'uncleaned' } : cleaner.clean({ ...object, picture });
}

/** What is written in place of the picture, and by which rule. */
interface TreatedPicture {
  readonly kind: TreatedPixels['kind'];
  readonly rule: 'pixels' | 'stream-carriers';
  readonly replacement?: PixelReplacement;
}

/** @returns undefined when its code stream cannot be followed, so that nobody can say what is in it besides samples */
function treatedPicture(
  dataset: Dataset,
  element: Element | undefined,
  pixels: TreatedPixels,
): TreatedPicture | undefined {
  const { kind } = pixels;
  if (element === undefined) return { kind, rule: 'pixels' };
  if (pixels.kind === 'clean' && pixels.replacement !== undefined)
    return { kind, rule: 'pixels', replacement: pixels.replacement };
  const carriers = cleanCarriers(dataset, element);
  if (carriers.kind === 'unknown') return undefined;
  return {
    kind,
    rule: 'stream-carriers',
    ...(carriers.kind === 'cleaned' && { replacement: carriers.replacement }),
  };
}

const STREAM_DETAIL =
  'The code stream of the picture is damaged, so what it holds besides the picture is not known: ask the sender for it again.';
const IDENTITY_DETAIL = 'One of the study, series and instance UIDs is missing: correct it at the source.';
const PIXEL_DETAIL =
  'Text burned into the picture was not looked for: the image waits until pixel cleaning is set up, or an administrator lets uncleaned pixels through.';

function held(reason: QuarantineReason, detail: string): ObjectOutcome {
  return { kind: 'quarantined', reason, detail };
}

/** @returns the object's pseudonyms, or undefined when it does not say which object it is. */
export function keysIn(dataset: Dataset, pseudonyms: Pseudonyms): ObjectKeys | undefined {
  const [study, series, image] = [TAGS.study, TAGS.series, TAGS.sopInstance].map((tag) =>
    asciiAt(dataset, dataset.elements, tag),
  );
  if (!study || !series || !image) return undefined;
  return {
    patientKey: patientIn(dataset, pseudonyms) ?? pseudonyms.patientOfStudy(study),
    studyKey: pseudonyms.studyKey(study),
    seriesKey: pseudonyms.seriesKey(series),
    imageKey: pseudonyms.imageKey(image),
  };
}

/** @returns whose the object says it is; undefined without an id and without name and birth date. */
function patientIn(dataset: Dataset, pseudonyms: Pseudonyms): PatientKey | undefined {
  return pseudonyms.patientKey({
    id: stringsOf(dataset, TAGS.patientId)[0] ?? '',
    issuer: stringsOf(dataset, TAGS.issuer)[0] ?? '',
    name: stringsOf(dataset, TAGS.name)[0] ?? '',
    birthDate: asciiAt(dataset, dataset.elements, TAGS.birthDate),
  });
}

interface Treatment {
  readonly policy: ObjectPolicy;
  readonly evidence: Evidence;
  readonly picture: TreatedPicture;
  readonly faces: FacesDone;
}

const FACE_REMOVED: DeidAction = { path: formatTag(TAGS.pixelData), rule: 'recognisable-features', action: 'cleaned' };

function rewritten(
  dataset: Dataset,
  iod: Iod,
  keys: ObjectKeys,
  { policy, evidence, picture, faces }: Treatment,
): ObjectOutcome {
  const { replacement } = picture;
  const leaks = policy.leaks.searchFor(evidence);
  const planner = new Planner(policy, {
    dataset,
    iod,
    patient: keys.patientKey,
    texts: textRules(policy.descriptors, leaks, dataset),
  });
  const made = withPixels(planner.plan(), dataset, picture);
  const age = ageElement(dataset, policy);
  const plan = age === undefined ? made : withOption(made, 'patientCharacteristics');
  const burnedIn = asciiAt(dataset, dataset.elements, TAGS.burnedIn);
  const add = [
    ...stampElements(
      { ...plan, pixels: STAMPED_PIXELS[picture.kind], facesCleaned: faces !== 'not-looked-for' },
      policy.profile,
      {
        iodName: iod.name,
        burnedIn,
      },
    ),
    ...(age === undefined ? [] : [age]),
    ...(replacement?.elements ?? []),
  ];
  const syntax = replacement === undefined ? {} : { transferSyntax: replacement.transferSyntax };
  const output = rewriteDataset(dataset, (element) => decisionOf(plan, element), { add, ...syntax });
  const again = readDataset(output);
  if (again.kind === 'rejected')
    return held('malformed', 'The object could not be read again after rewriting: keep it for the makers.');
  const leak = leaks.findIn(again.dataset, plan);
  if (leak !== undefined) return held('leak-found', LEAK_DETAILS[leak]);
  const sha256 = createHash('sha256').update(output).digest('hex');
  return {
    kind: 'deidentified',
    ...keys,
    bytes: output,
    sha256,
    attributes: attributesOf(again.dataset),
    actions: faces === 'removed' ? [...plan.actions, FACE_REMOVED] : plan.actions,
    hasPicture: picture.kind !== 'none',
  };
}

const STAMPED_PIXELS = { clean: 'cleaned', uncleaned: 'uncleaned', none: 'none' } as const;

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

function withOption(plan: Plan, option: TableOption): Plan {
  return { ...plan, options: new Set([...plan.options, option]) };
}

/** What is understood of a text and names nobody of this object; a text that identifies as a whole goes as a whole. */
function textRules(descriptors: DescriptorCleaner, leaks: LeakSearch, { bytes }: Dataset): TextRules {
  return {
    identifiesIn: ({ valueStart, valueEnd }) => leaks.holdsIn(bytes, { start: valueStart, end: valueEnd }),
    identifies: (text) => leaks.holds(text),
    clean: (text: string, form: DescriptorForm) => {
      const cleaned = descriptors.clean(text, form, (word) => leaks.isPersonal(word));
      return cleaned !== '' && leaks.holds(cleaned) ? '' : cleaned;
    },
  };
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
