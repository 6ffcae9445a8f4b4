import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Rows of the PostgreSQL schema `archive`. They never leave this lib. Everything here is pseudonymous. */
@Entity({ schema: 'archive', name: 'study' })
export class StudyRow {
  @PrimaryColumn({ name: 'study_key', type: 'varchar', length: 64 }) studyKey!: string;
  @Index('study_patient') @Column({ name: 'patient_key', type: 'varchar', length: 64 }) patientKey!: string;
  @Column({ type: 'int' }) generation!: number;
  @Column({ type: 'varchar', length: 16 }) modality!: string;
  @Column({ name: 'body_part', type: 'varchar', length: 64 }) bodyPart!: string;
  @Column({ type: 'varchar', length: 8 }) sex!: string;
  @Column({ name: 'age_years', type: 'int', nullable: true }) ageYears!: number | null;
  @Column({ name: 'age_band', type: 'varchar', length: 8 }) ageBand!: string;
  @Column({ type: 'varchar', length: 64 }) manufacturer!: string;
  /** Shifted by the patient's keyed offset, YYYYMMDD or empty. */
  @Column({ name: 'study_date', type: 'varchar', length: 8 }) studyDate!: string;
  @Column({ name: 'deid_profile', type: 'varchar', length: 64 }) deidProfile!: string;
  @Column({ name: 'deid_profile_sha256', type: 'varchar', length: 64 }) deidProfileSha256!: string;
  @Column({ name: 'deid_key_id', type: 'varchar', length: 64 }) deidKeyId!: string;
  @Column({ name: 'uncleaned_pixels', type: 'boolean' }) uncleanedPixels!: boolean;
}

@Entity({ schema: 'archive', name: 'image' })
export class ImageRow {
  @PrimaryColumn({ name: 'image_key', type: 'varchar', length: 64 }) imageKey!: string;
  @Index('image_series') @Column({ name: 'series_key', type: 'varchar', length: 64 }) seriesKey!: string;
  @Index('image_study') @Column({ name: 'study_key', type: 'varchar', length: 64 }) studyKey!: string;
  /** SHA-256 of the object in the object store. */
  @Column({ type: 'varchar', length: 64 }) object!: string;
  @Column({ name: 'size_bytes', type: 'int' }) sizeBytes!: number;
  @Column({ name: 'sop_class_uid', type: 'varchar', length: 64 }) sopClassUid!: string;
  @Column({ name: 'transfer_syntax', type: 'varchar', length: 64 }) transferSyntax!: string;
  @Column({ type: 'int' }) rows!: number;
  @Column({ type: 'int' }) columns!: number;
  @Column({ type: 'int' }) frames!: number;
  @Column({ type: 'varchar', length: 16 }) modality!: string;
  @Column({ name: 'body_part', type: 'varchar', length: 64 }) bodyPart!: string;
  @Column({ name: 'view_position', type: 'varchar', length: 32 }) viewPosition!: string;
  @Column({ type: 'varchar', length: 16 }) laterality!: string;
  @Column({ type: 'boolean' }) lossy!: boolean;
  @Column({ name: 'instance_number', type: 'int', nullable: true }) instanceNumber!: number | null;
  @Column({ name: 'series_number', type: 'int', nullable: true }) seriesNumber!: number | null;
  @Column({ type: 'jsonb', nullable: true }) position!: number[] | null;
  @Column({ type: 'jsonb', nullable: true }) orientation!: number[] | null;
  /** Why this image cannot be embedded, as a stable code; null when it can, or has not been tried. */
  @Column({ name: 'not_indexable', type: 'varchar', length: 64, nullable: true }) notIndexable!: string | null;
}

@Entity({ schema: 'archive', name: 'outcome' })
export class OutcomeRow {
  @PrimaryColumn({ name: 'study_key', type: 'varchar', length: 64 }) studyKey!: string;
  /** Cleaned columns by their CSV names. */
  @Column({ type: 'jsonb' }) columns!: Record<string, string>;
}
