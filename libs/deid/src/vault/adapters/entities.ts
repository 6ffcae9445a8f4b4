import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The tables of the schema `vault` as the migrations must have made them; rows are written and read by SQL. */
@Entity({ schema: 'vault', name: 'sealed' })
@Index('sealed_patient', ['patientKey'])
@Index('sealed_key', ['keyId'])
@Index('sealed_under', ['sealedUnder'])
export class SealedEntity {
  @PrimaryColumn({ type: 'varchar', length: 16 }) kind!: string;
  @PrimaryColumn({ type: 'varchar', length: 64 }) name!: string;
  @Column({ name: 'patient_key', type: 'varchar', length: 64 }) patientKey!: string;
  @Column({ type: 'bigint' }) version!: string;
  @Column({ name: 'key_id', type: 'varchar', length: 64 }) keyId!: string;
  @Column({ name: 'sealed_under', type: 'varchar', length: 64 }) sealedUnder!: string;
  @Column({ name: 'wrapped_key', type: 'bytea' }) wrappedKey!: Buffer;
  @Column({ type: 'bytea' }) payload!: Buffer;
}

@Entity({ schema: 'vault', name: 'operator' })
@Index('operator_token', ['tokenSha256'], { unique: true })
@Check('operator_name', `"name" ~ '^[a-z][a-z0-9-]{1,62}$'`)
export class OperatorEntity {
  @PrimaryColumn({ type: 'varchar', length: 64 }) name!: string;
  @Column({ name: 'token_sha256', type: 'bytea' }) tokenSha256!: Buffer;
  @Column({ name: 'added_at', type: 'timestamptz' }) addedAt!: Date;
  @Column({ name: 'removed_at', type: 'timestamptz', nullable: true }) removedAt!: Date | null;
}

@Entity({ schema: 'vault', name: 'request' })
@Index('request_pseudonym', ['pseudonym'])
@Check('request_other_person', '"decided_by" <> "requested_by"')
@Check('request_looks', '"looks" >= 0 AND "looks" <= "max_looks"')
@Check('request_decided', `"state" NOT IN ('approved', 'denied', 'closed') OR "decided_by" IS NOT NULL`)
@Check('request_term', '"expires_at" > "requested_at"')
export class RequestEntity {
  @PrimaryColumn({ type: 'uuid' }) id!: string;
  @Column({ type: 'varchar', length: 16 }) kind!: string;
  @Column({ type: 'varchar', length: 64 }) pseudonym!: string;
  @Column({ type: 'varchar', length: 32 }) purpose!: string;
  @Column({ name: 'requested_by', type: 'varchar', length: 64 }) requestedBy!: string;
  @Column({ name: 'requested_at', type: 'timestamptz' }) requestedAt!: Date;
  @Column({ name: 'expires_at', type: 'timestamptz' }) expiresAt!: Date;
  @Column({ name: 'max_looks', type: 'int' }) maxLooks!: number;
  @Column({ type: 'int' }) looks!: number;
  @Column({ type: 'varchar', length: 16 }) state!: string;
  @Column({ name: 'decided_by', type: 'varchar', length: 64, nullable: true }) decidedBy!: string | null;
  @Column({ name: 'decided_at', type: 'timestamptz', nullable: true }) decidedAt!: Date | null;
}

/**
 * The service's own note of what the vault was given, in the schema `deid`: the vault's role cannot write it, the service's role
 * cannot write the vault, so neither can put an earlier row back unseen.
 */
@Entity({ schema: 'deid', name: 'sealed_note' })
export class SealedNoteEntity {
  @PrimaryColumn({ type: 'varchar', length: 16 }) kind!: string;
  @PrimaryColumn({ type: 'varchar', length: 64 }) name!: string;
  @Column({ type: 'bigint' }) version!: string;
}
