import type { Abnormality, Sex } from './anatomy/scene.ts';
import type { Diagnosis } from './diagnoses.ts';
import { Random } from './random.ts';
import type { Scanner } from './scanners.ts';
import { scannersOf } from './scanners.ts';
import type { StudyType } from './study-types.ts';
import { STUDY_TYPES } from './study-types.ts';

/** One study to be made: who, what, when, on which device, and with which end. */
export interface StudyPlan {
  readonly seed: number;
  /** Position among all studies, from 0. */
  readonly number: number;
  readonly patient: number;
  /** 0 the first study of the patient, then its follow-ups. */
  readonly visit: number;
  readonly type: StudyType;
  readonly scanner: Scanner;
  readonly diagnosis: Diagnosis;
  readonly found: Abnormality;
  readonly sex: Sex;
  /** Whole years at the first study. */
  readonly age: number;
  /** Days after 1 January 2015. */
  readonly day: number;
  /** Day of the patient's first study. */
  readonly firstDay: number;
}

/** Share of patients with a second study; a third of those have a third. */
const FOLLOWED = 0.6;

/** @returns every study of a cohort, in the order of its patients. The same seed and number give the same plan. */
export function planCohort(seed: number, patients: number): StudyPlan[] {
  const plans: StudyPlan[] = [];
  const turns = Random.named(seed, 'types').shuffled(Array.from({ length: patients }, (_, index) => index));
  for (let patient = 0; patient < patients; patient += 1) {
    const turn = turns[patient] ?? 0;
    plans.push(...planPatient(seed, patient, turn, plans.length));
  }
  return plans;
}

function planPatient(seed: number, patient: number, turn: number, first: number): StudyPlan[] {
  const random = Random.named(seed, patient, 'plan');
  const type = STUDY_TYPES[turn % STUDY_TYPES.length];
  if (!type) throw new RangeError('no study types');
  const diagnosis = diagnosisOf(type, Math.floor(turn / STUDY_TYPES.length), random);
  const person = { sex: random.chance(0.5) ? 'F' : 'M', age: ageOf(random, diagnosis) } as const;
  const found = abnormality(diagnosis.kind, random);
  const firstDay = random.whole(0, 2600);
  let day = firstDay;
  const visits = 1 + (random.chance(FOLLOWED) ? 1 : 0) + (random.chance(FOLLOWED / 3) ? 1 : 0);
  return Array.from({ length: visits }, (_, visit): StudyPlan => {
    const later = Random.named(seed, patient, 'visit', visit);
    if (visit > 0) day += later.whole(20, 700);
    const grown = { ...found, size: Math.min(1, found.size * (1 + 0.35 * visit)) };
    const scanner = later.pick(scannersOf(type.modality));
    return {
      seed,
      number: first + visit,
      patient,
      visit,
      type,
      scanner,
      diagnosis,
      found: grown,
      ...person,
      day,
      firstDay,
    };
  });
}

/** The classes' ends in turn, so that each occurs; further patients of a class at random. */
function diagnosisOf(type: StudyType, round: number, random: Random): Diagnosis {
  return type.diagnoses[round] ?? random.pick(type.diagnoses);
}

/** Wear of the old, tumours of the young where they are: ages are drawn to fit, a few above 89. */
function ageOf(random: Random, { name }: Diagnosis): number {
  if (random.chance(0.04)) return random.whole(90, 97);
  if (/Osteosarcoma|cruciate|Enchondroma/.test(name)) return random.whole(12, 40);
  if (/osteoarthritis|prosthesis|neck fracture|compression|carcinoma|metasta|aneurysm|infarct|Subdural/i.test(name))
    return random.whole(52, 88);
  return random.whole(8, 86);
}

function abnormality(kind: string, random: Random): Abnormality {
  return {
    kind,
    side: random.side(),
    size: random.between(0.15, 1),
    along: random.between(),
    across: random.between(),
    z: random.between(-0.45, 0.45),
  };
}
