import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** Row of `embedding.image_embedding`: one embedded frame in one space. It never leaves this lib. Vectors are PHI. */
@Entity({ schema: 'embedding', name: 'image_embedding' })
@Index('image_embedding_study', ['spaceId', 'studyKey'])
export class ImageEmbeddingRow {
  @PrimaryColumn({ name: 'space_id', type: 'varchar', length: 64 }) spaceId!: string;
  /** `<imageKey>.<frame>`. */
  @PrimaryColumn({ type: 'varchar', length: 80 }) id!: string;
  @Column({ name: 'image_key', type: 'varchar', length: 64 }) imageKey!: string;
  @Column({ type: 'int' }) frame!: number;
  @Column({ name: 'series_key', type: 'varchar', length: 64 }) seriesKey!: string;
  @Column({ name: 'study_key', type: 'varchar', length: 64 }) studyKey!: string;
  @Column({ name: 'patient_key', type: 'varchar', length: 64 }) patientKey!: string;
  /** SHA-256 of the archived object the vector was made from: another object of the image means another vector. */
  @Column({ type: 'varchar', length: 64 }) object!: string;
  /** Float32 little endian, L2-normalised. */
  @Column({ type: 'bytea' }) vector!: Buffer;
  @Column({ name: 'tokens_object', type: 'varchar', length: 64, nullable: true }) tokensObject!: string | null;
  @Column({ name: 'tokens_offset', type: 'int', nullable: true }) tokensOffset!: number | null;
  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' }) createdAt!: Date;
}
