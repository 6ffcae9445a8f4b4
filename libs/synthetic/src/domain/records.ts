import type { StudyPlan } from './study-plan.ts';
import type { Person } from './people.ts';
import type { StudyIdentity } from './objects/image-object.ts';
import { Random } from './random.ts';

export const OUTCOME_COLUMNS = [
  'study_instance_uid',
  'patient_id',
  'accession_number',
  'study_date',
  'modality',
  'body_region',
  'site',
  'diagnosis',
  'patient_sex',
  'patient_age',
  'findings',
  'confirmed_by',
] as const;

/** One line of outcomes.csv, as a hospital would hand it over from RIS and pathology. */
export type OutcomeRow = Readonly<Record<(typeof OUTCOME_COLUMNS)[number], string>>;

export function outcomeOf(plan: StudyPlan, person: Person, study: StudyIdentity): OutcomeRow {
  return {
    study_instance_uid: study.studyUid,
    patient_id: person.mrn,
    accession_number: study.accession,
    study_date: isoDate(study.date),
    modality: plan.scanner.modality,
    body_region: plan.type.bodyRegion,
    site: plan.type.site,
    diagnosis: plan.diagnosis.name,
    patient_sex: plan.sex,
    patient_age: String(study.age),
    findings: findingsOf(plan, person, study),
    confirmed_by: plan.diagnosis.confirmedBy,
  };
}

export function isoDate(date: string): string {
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
}

/** The sentence of the diagnosis with side and size; a third of the reports name the patient, a date, or a colleague. */
function findingsOf(plan: StudyPlan, person: Person, study: StudyIdentity): string {
  const { found, diagnosis, visit } = plan;
  const side = found.side < 0 ? 'on the right' : 'on the left';
  const text = diagnosis.findings.replace('{side}', side).replace('{mm}', String(Math.round(8 + 45 * found.size)));
  const random = Random.named(plan.seed, plan.patient, visit, 'report');
  const before = visit > 0 ? ' Compared with the previous study.' : '';
  return `${random.chance(0.34) ? `${naming(person, study, random)} ` : ''}${text}${before}`;
}

function naming(person: Person, study: StudyIdentity, random: Random): string {
  const family = (person.name.split('=')[0] ?? '').split('^')[0] ?? '';
  return random.pick([
    `${person.sex === 'F' ? 'Mrs' : 'Mr'} ${family}, ${person.spoken}, born ${isoDate(person.birthDate)}.`,
    `${person.spoken} (MRN ${person.mrn}), examined ${isoDate(study.date)}.`,
    `Report for ${person.spoken}, phoned ${person.phone}; reported to ${(study.referring.split('=')[0] ?? '').split('^')[0] ?? ''}.`,
  ]);
}

/** RFC 4180: CRLF lines, quotes where needed. */
export function csvOf(rows: readonly OutcomeRow[]): string {
  const lines = rows.map((row) => OUTCOME_COLUMNS.map((column) => quoted(row[column])).join(','));
  return [OUTCOME_COLUMNS.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
