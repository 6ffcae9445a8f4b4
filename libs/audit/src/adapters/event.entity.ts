import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** The table as the migrations must have made it; rows are written and read by SQL. */
@Entity({ schema: 'audit', name: 'event' })
export class EventRow {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('timestamptz', { name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt!: Date;

  @Column('text')
  code!: string;

  @Column('text')
  outcome!: string;

  @Column('text')
  actor!: string;

  @Index('event_subject')
  @Column('text', { nullable: true })
  subject!: string | null;

  @Column('jsonb')
  detail!: Record<string, unknown>;
}
