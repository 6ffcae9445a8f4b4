// CONTRACT:
//   class CaseArchive {
//     admit(studies: readonly DeidentifiedStudy[], within?: EntityManager): Promise<void>     objects stored (fsync) first, then rows; idempotent upserts
//     study(studyKey): Promise<ArchivedStudy | null> ; studies(studyKeys): Promise<Map<StudyKey, ArchivedStudy>>
//     list({limit, cursor, modality?}): Promise<StudyPage> ; imagesOf(studyKeys): Promise<ArchivedImage[]> ; image(imageKey): Promise<ArchivedImage|null>
//     objectPath(image): string ; readObject(image): Promise<Buffer> ; counts(): {patients, studies, images, outcomes}
//     setOutcome(studyKey, outcome, within?) ; allStudies(): AsyncIterable or array }
//   archiveSchema: DatabaseSchema ; ArchiveModule ; ageBandOf(years|null): AgeBand
export type { AgeBand, ArchivedImage, ArchivedStudy, StudyPage } from './domain/types.ts';
