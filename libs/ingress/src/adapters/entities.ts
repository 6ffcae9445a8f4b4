import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * Rows of the PostgreSQL schema `ingress`: the spool's journal. Identified (source UIDs): nothing outside ingress, deid and
 * the server's pipeline reads them, and they are not joined with any other schema.
 */
@Entity({ schema: 'ingress', name: 'receipt' })
@Index('receipt_sop', ['sopUid'])
@Index('receipt_generation', ['generationId'])
export class ReceiptRow {
  @PrimaryColumn({ name: 'receipt_id', type: 'uuid' }) receiptId!: string;
  @Column({ type: 'varchar', length: 64 }) source!: string;
  @Column({ name: 'study_uid', type: 'varchar', length: 64 }) studyUid!: string;
  @Column({ name: 'sop_uid', type: 'varchar', length: 64 }) sopUid!: string;
  @Column({ name: 'sop_class_uid', type: 'varchar', length: 64 }) sopClassUid!: string;
  @Column({ name: 'transfer_syntax', type: 'varchar', length: 64 }) transferSyntax!: string;
  @Column({ name: 'size_bytes', type: 'bigint' }) sizeBytes!: string;
  @Column({ type: 'varchar', length: 64 }) sha256!: string;
  @Column({ name: 'dataset_sha256', type: 'varchar', length: 64 }) datasetSha256!: string;
  /** File name inside the spool; null once the bytes are deleted. */
  @Column({ name: 'spool_name', type: 'varchar', length: 80, nullable: true }) spoolName!: string | null;
  @Column({ name: 'received_at', type: 'timestamptz' }) receivedAt!: Date;
  @Column({ name: 'generation_id', type: 'uuid', nullable: true }) generationId!: string | null;
  @Column({ type: 'varchar', length: 16, nullable: true }) disposition!: string | null;
  @Column({ type: 'varchar', length: 64, nullable: true }) reason!: string | null;
  @Column({ type: 'text', nullable: true }) detail!: string | null;
  @Column({ name: 'settled_at', type: 'timestamptz', nullable: true }) settledAt!: Date | null;
}

@Entity({ schema: 'ingress', name: 'generation' })
@Index('generation_study', ['studyUid', 'generation'], { unique: true })
@Index('generation_receiving', ['studyUid'], { unique: true, where: `"state" = 'receiving'` })
export class GenerationRow {
  @PrimaryColumn({ name: 'generation_id', type: 'uuid' }) generationId!: string;
  @Column({ type: 'varchar', length: 64 }) source!: string;
  @Column({ name: 'study_uid', type: 'varchar', length: 64 }) studyUid!: string;
  @Column({ type: 'int' }) generation!: number;
  @Column({ type: 'varchar', length: 16 }) state!: string;
  @Column({ type: 'varchar', length: 64, nullable: true }) reason!: string | null;
  @Column({ name: 'manifest_sha256', type: 'varchar', length: 64, nullable: true }) manifestSha256!: string | null;
  /** Pseudonym, known from de-identification on. */
  @Column({ name: 'study_key', type: 'varchar', length: 64, nullable: true }) studyKey!: string | null;
  @Column({ name: 'opened_at', type: 'timestamptz' }) openedAt!: Date;
  @Column({ name: 'last_received_at', type: 'timestamptz' }) lastReceivedAt!: Date;
  @Column({ name: 'sealed_at', type: 'timestamptz', nullable: true }) sealedAt!: Date | null;
  @Column({ name: 'deidentified_at', type: 'timestamptz', nullable: true }) deidentifiedAt!: Date | null;
  @Column({ name: 'embedded_at', type: 'timestamptz', nullable: true }) embeddedAt!: Date | null;
  @Column({ name: 'indexed_at', type: 'timestamptz', nullable: true }) indexedAt!: Date | null;
}

/** An outcome line as handed in, waiting for its study; deleted once the cleaned form is archived. */
@Entity({ schema: 'ingress', name: 'outcome' })
export class OutcomeLineRow {
  @PrimaryColumn({ name: 'study_uid', type: 'varchar', length: 64 }) studyUid!: string;
  @Column({ type: 'jsonb' }) columns!: Record<string, string>;
  @Column({ name: 'received_at', type: 'timestamptz' }) receivedAt!: Date;
}
