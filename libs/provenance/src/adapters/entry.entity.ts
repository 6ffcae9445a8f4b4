import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** The table as the migrations must have made it; rows are written and read by SQL. */
@Entity({ schema: 'provenance', name: 'entry' })
export class EntryRow {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('timestamptz', { name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt!: Date;

  @Column('text')
  activity!: string;

  @Index('entry_output')
  @Column('text')
  output!: string;

  @Column('text', { array: true })
  inputs!: string[];

  @Column('jsonb')
  parameters!: Record<string, unknown>;
}
