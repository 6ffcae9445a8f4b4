export type { AgeBand, ArchivedImage, ArchivedStudy, StudyPage } from './domain/types.ts';
export { ageBandOf } from './domain/age-band.ts';
export type { ArchiveCounts } from './case-archive.ts';
export { CaseArchive } from './case-archive.ts';
export { archiveSchema } from './archive.schema.ts';
export { ArchiveModule } from './archive.module.ts';
