import { createHash } from 'node:crypto';
import type { BurnedIn } from './burned-in.ts';
import { burnIn } from './burned-in.ts';
import { HOSPITALS } from './hospitals.ts';
import type { ImageObject, StudyIdentity, SyntaxUid } from './objects/image-object.ts';
import { sopClassOf } from './objects/image-object.ts';
import type { Planted } from './objects/planted.ts';
import type { Person } from './people.ts';
import { personOf } from './people.ts';
import type { Picture } from './pictures.ts';
import { picturesOf } from './pictures.ts';
import { displayed } from './pixels.ts';
import { Random, uidNamed } from './random.ts';
import type { StudyPlan } from './study-plan.ts';

/** Shares of the transfer syntaxes, in percent. JPEG 2000 is the dearest to encode, so it is the rarest. */
const SYNTAXES: readonly (readonly [SyntaxUid, number])[] = [
  ['1.2.840.10008.1.2', 15],
  ['1.2.840.10008.1.2.1', 33],
  ['1.2.840.10008.1.2.5', 20],
  ['1.2.840.10008.1.2.4.80', 20],
  ['1.2.840.10008.1.2.4.90', 12],
];

/** Syntaxes that keep RGB as RGB; JPEG 2000 would have to state YBR_RCT. */
const COLOUR_SYNTAXES: readonly SyntaxUid[] = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2.5'];

export interface StudyContext {
  readonly plan: StudyPlan;
  readonly person: Person;
  readonly study: StudyIdentity;
}

/** @returns who and when of one study. */
export function contextOf(plan: StudyPlan): StudyContext {
  const person = personOf(plan.seed, plan.patient, plan.sex, plan.age, Number(dateOf(plan.firstDay).slice(0, 4)));
  const random = Random.named(plan.seed, plan.patient, plan.visit, 'study');
  const hospital = HOSPITALS[plan.scanner.hospital] ?? HOSPITALS[0];
  const number = String(plan.number).padStart(5, '0');
  const date = dateOf(plan.day);
  const study = {
    studyUid: uidNamed(plan.seed, 'study', plan.number),
    accession: random.pick([`A${random.digits(3)}${number}`, `${date.slice(2, 4)}-${number}${random.digits(2)}`]),
    studyId: random.digits(6),
    date,
    time: `${String(random.whole(7, 20)).padStart(2, '0')}${String(random.whole(10, 59))}${String(random.whole(10, 59))}`,
    referring: random.pick(person.physicians),
    performing: person.physicians[0] ?? '',
    operator: random.pick(hospital.operators),
    age: yearsBetween(person.birthDate, date),
  };
  return { plan, person, study };
}

/** The image objects of a study, one after another, with text already burned in. */
export function* objectsOf({ plan, person, study }: StudyContext): Generator<ImageObject> {
  const hospital = HOSPITALS[plan.scanner.hospital] ?? HOSPITALS[0];
  let instance = 0;
  for (const picture of picturesOf(plan)) {
    instance += 1;
    const burned = burnIn(picture.pixels, plan, person, hospital, study.date, instance);
    yield {
      plan,
      person,
      hospital,
      study,
      picture,
      burned,
      instance,
      seriesUid: uidNamed(study.studyUid, picture.series),
      sopUid: uidNamed(study.studyUid, picture.series, instance),
      sopClass: sopClassOf(plan, picture),
      syntax: syntaxOf(plan, picture, instance),
    };
  }
}

function syntaxOf(plan: StudyPlan, picture: Picture, instance: number): SyntaxUid {
  const random = Random.named(plan.seed, plan.number, instance, 'syntax');
  if (picture.pixels.samplesPerPixel === 3) return random.pick(COLOUR_SYNTAXES);
  let ticket = random.whole(1, 100);
  for (const [syntax, share] of SYNTAXES) {
    ticket -= share;
    if (ticket <= 0) return syntax;
  }
  return '1.2.840.10008.1.2.1';
}

/** One line of manifest.jsonl: the fields of the project's case pack, and what the study is about. */
export interface ManifestRow {
  readonly path: string;
  readonly patient_key: string;
  readonly study_uid: string;
  readonly series_uid: string;
  readonly sop_uid: string;
  readonly sop_class: string;
  readonly modality: string;
  readonly body_region: string;
  readonly site: string;
  readonly diagnosis: string;
  readonly device: string;
  readonly transfer_syntax: string;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly bits_allocated: number;
  readonly bits_stored: number;
  readonly photometric: string;
  readonly character_set: string;
  readonly planted: readonly Planted[];
  readonly burned_in: readonly BurnedIn[];
  /** SHA-256 of the picture as it must be shown, 8 bits a sample, frames one after another. */
  readonly display_sha256: string;
}

export function manifestRow(path: string, object: ImageObject, planted: readonly Planted[]): ManifestRow {
  const { plan, picture, person, study } = object;
  const { pixels } = picture;
  const display = createHash('sha256');
  for (const frame of displayed(pixels)) display.update(frame);
  return {
    path,
    patient_key: `SP${String(plan.patient).padStart(4, '0')}`,
    study_uid: study.studyUid,
    series_uid: object.seriesUid,
    sop_uid: object.sopUid,
    sop_class: object.sopClass,
    modality: plan.scanner.modality,
    body_region: plan.type.bodyRegion,
    site: plan.type.site,
    diagnosis: plan.diagnosis.name,
    device: plan.scanner.station,
    transfer_syntax: object.syntax,
    rows: pixels.rows,
    columns: pixels.columns,
    frames: pixels.frames.length,
    bits_allocated: pixels.bitsAllocated,
    bits_stored: pixels.bitsStored,
    photometric: pixels.photometric,
    character_set: person.charsets.join('\\'),
    planted,
    burned_in: object.burned,
    display_sha256: display.digest('hex'),
  };
}

/** @returns YYYYMMDD of a day after 1 January 2015. */
function dateOf(day: number): string {
  return new Date(Date.UTC(2015, 0, 1 + day)).toISOString().slice(0, 10).replaceAll('-', '');
}

function yearsBetween(from: string, to: string): number {
  return Number(to.slice(0, 4)) - Number(from.slice(0, 4)) - (to.slice(4) < from.slice(4) ? 1 : 0);
}
