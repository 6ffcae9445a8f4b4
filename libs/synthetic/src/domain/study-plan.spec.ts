// Real: the plan of the default cohort, whole, by three seeds. Nothing is drawn or written here.
import { describe, expect, it } from '@jest/globals';
import { contextOf } from './object-plan.ts';
import { outcomeOf } from './records.ts';
import type { StudyPlan } from './study-plan.ts';
import { planCohort } from './study-plan.ts';
import { STUDY_TYPES } from './study-types.ts';

const groupBy = (plans: readonly StudyPlan[], key: (plan: StudyPlan) => string): Map<string, StudyPlan[]> => {
  const groups = new Map<string, StudyPlan[]>();
  for (const plan of plans) groups.set(key(plan), [...(groups.get(key(plan)) ?? []), plan]);
  return groups;
};

describe.each([1, 7, 2024])('the default cohort of seed %i', (seed) => {
  const plans = planCohort(seed, 72);
  const patients = groupBy(plans, ({ patient }) => String(patient));

  it('has at least 60 patients, 100 studies, and priors', () => {
    expect(patients.size).toBe(72);
    expect(plans.length).toBeGreaterThanOrEqual(100);
    expect([...patients.values()].filter((studies) => studies.length > 1).length).toBeGreaterThan(20);
  });

  it('has three or more patients of each examination and every diagnosis but a few', () => {
    for (const [, studies] of groupBy(plans, ({ type }) => type.key)) {
      expect(new Set(studies.map(({ patient }) => patient)).size).toBeGreaterThanOrEqual(3);
    }
    const ends = new Set(plans.map(({ type, diagnosis }) => `${type.key}/${diagnosis.kind}`));
    expect(ends.size).toBeGreaterThan(0.85 * STUDY_TYPES.flatMap(({ diagnoses }) => diagnoses).length);
  });

  it('keeps sex, birth date and diagnosis of a patient, and dates in order', () => {
    for (const [, studies] of patients) {
      const people = studies.map((plan) => contextOf(plan).person);
      expect(
        new Set(people.map(({ mrn, birthDate, sex, name }) => JSON.stringify([mrn, birthDate, sex, name]))).size,
      ).toBe(1);
      const days = studies.map(({ day }) => day);
      expect(days.toSorted((a, b) => a - b)).toEqual(days);
      expect(new Set(studies.map(({ diagnosis }) => diagnosis)).size).toBe(1);
    }
  });

  it('names no two patients by the same number, and no two studies by the same UID or accession', () => {
    const contexts = plans.map((plan) => contextOf(plan));
    expect(new Set(contexts.map(({ person }) => person.mrn)).size).toBe(72);
    for (const key of ['studyUid', 'accession'] as const) {
      expect(new Set(contexts.map(({ study }) => study[key])).size).toBe(plans.length);
    }
  });

  it('names the patient in some findings and not in most', () => {
    const named = plans.filter((plan) => {
      const { person, study } = contextOf(plan);
      return outcomeOf(plan, person, study).findings.includes(person.spoken);
    });
    expect(named.length).toBeGreaterThan(0.2 * plans.length);
    expect(named.length).toBeLessThan(0.5 * plans.length);
  });

  it('uses each device and several character sets, with some older than 89', () => {
    expect(new Set(plans.map(({ scanner }) => scanner.station)).size).toBe(13);
    const contexts = plans.map((plan) => contextOf(plan));
    const sets = new Set(contexts.map(({ person }) => person.charsets.join('\\')));
    for (const charset of ['', 'ISO_IR 100', 'ISO_IR 192', '\\ISO 2022 IR 87', 'ISO_IR 144'])
      expect(sets).toContain(charset);
    expect(contexts.some(({ study }) => study.age > 89)).toBe(true);
  });
});
