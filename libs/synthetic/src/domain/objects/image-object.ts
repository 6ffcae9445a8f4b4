import type { BurnedIn } from '../burned-in.ts';
import type { Hospital } from '../hospitals.ts';
import type { Person } from '../people.ts';
import type { Picture } from '../pictures.ts';
import type { StudyPlan } from '../study-plan.ts';

export type SyntaxUid =
  | '1.2.840.10008.1.2'
  | '1.2.840.10008.1.2.1'
  | '1.2.840.10008.1.2.5'
  | '1.2.840.10008.1.2.4.80'
  | '1.2.840.10008.1.2.4.90';

/** What identifies one study, as the hospital's systems numbered it. */
export interface StudyIdentity {
  readonly studyUid: string;
  readonly accession: string;
  readonly studyId: string;
  /** YYYYMMDD and HHMMSS. */
  readonly date: string;
  readonly time: string;
  readonly referring: string;
  readonly performing: string;
  readonly operator: string;
  readonly age: number;
}

/** All that the modules of one image object are filled from. */
export interface ImageObject {
  readonly plan: StudyPlan;
  readonly person: Person;
  readonly hospital: Hospital;
  readonly study: StudyIdentity;
  readonly picture: Picture;
  readonly burned: readonly BurnedIn[];
  readonly seriesUid: string;
  readonly sopUid: string;
  readonly sopClass: string;
  readonly syntax: SyntaxUid;
  /** Instance Number, from 1 through the study. */
  readonly instance: number;
}

const SOP_CLASS = {
  CT: '1.2.840.10008.5.1.4.1.1.2',
  MR: '1.2.840.10008.5.1.4.1.1.4',
  CR: '1.2.840.10008.5.1.4.1.1.1',
  DX: '1.2.840.10008.5.1.4.1.1.1.1',
  US: '1.2.840.10008.5.1.4.1.1.6.1',
} as const;
const US_MULTIFRAME = '1.2.840.10008.5.1.4.1.1.3.1';

export function sopClassOf(plan: StudyPlan, picture: Picture): string {
  return picture.pixels.frames.length > 1 ? US_MULTIFRAME : SOP_CLASS[plan.scanner.modality];
}
