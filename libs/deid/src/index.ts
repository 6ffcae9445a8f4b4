// CONTRACT:
//   class Deidentifier { constructor(options: {keys: DeidKeys, profile: DeidProfile, allowUncleanedPixels: boolean})
//       deidentifyStudy(study: SealedStudy): Promise<DeidentifiedStudyOutcome>  // {kind:'deidentified', study} | {kind:'quarantined', instances: QuarantinedInstance[]} (no instance came out)
//       deidentifyObject(bytes: Buffer, hint?): ObjectOutcome     // {kind:'deidentified', bytes, patientKey, studyKey, seriesKey, imageKey, attributes, actions} | {kind:'quarantined', reason, detail}
//       studyKeyOf(studyInstanceUid: string): StudyKey  }
//   loadDeidKeys(file), createDeidKeys(file) ; loadDeidProfile(nameOrFile) ; cleanOutcome(row, identifiers) ; DeidModule
export type {
  CleanedOutcome,
  DeidAction,
  DeidentifiedAttributes,
  DeidentifiedInstance,
  DeidentifiedStudy,
  QuarantinedInstance,
  QuarantineReason,
} from './domain/types.ts';
