import type { ProvenanceEntry, ProvenanceLedger } from '@precedent/kernel';
import { recordWithoutIdentifiers, withoutIdentifiers } from '@precedent/platform';
import type { DataSource, EntityManager } from 'typeorm';
import type { RecordedProvenanceEntry } from './domain/recorded-entry.ts';
import { provenanceFault } from './provenance.errors.ts';

/** One statement for any number of entries, in their order. */
const INSERT = `
  insert into provenance.entry (activity, output, inputs, parameters)
  select e.value->>'activity', e.value->>'output',
    array(select i.value from jsonb_array_elements_text(e.value->'inputs') with ordinality as i(value, n) order by i.n),
    e.value->'parameters'
  from jsonb_array_elements($1::jsonb) with ordinality as e(value, n) order by e.n`;

/** Deeper than any chain of stages here (answer ← index ← embed ← archive ← deidentify); a loop in the data ends there too. */
const MAX_DEPTH = 12;
/** An answer names the studies it was searched in; their chains together must not fill the memory. */
const MAX_ENTRIES = 10_000;

/** Back from one output through the inputs of whatever made it. */
const DERIVATION = `
  with recursive chain (output, depth) as (
    select $1::text, 0
    union
    select input, chain.depth + 1 from chain
      join provenance.entry e on e.output = chain.output cross join lateral unnest(e.inputs) as input
      where chain.depth < ${MAX_DEPTH}
  ), nearest as (select output, min(depth) as depth from chain group by output)
  select e.id::text, e.recorded_at, e.activity, e.output, e.inputs, e.parameters, nearest.depth
  from nearest join provenance.entry e on e.output = nearest.output
  order by nearest.depth, e.id desc limit ${MAX_ENTRIES}`;

interface Row extends ProvenanceEntry {
  readonly id: string;
  readonly recorded_at: Date;
  readonly depth: number;
}

function clean(entry: ProvenanceEntry): Record<string, unknown> {
  const { activity, output, inputs, parameters } = entry;
  const safe = {
    activity,
    output: withoutIdentifiers(output),
    inputs: inputs.map((input) => withoutIdentifiers(input)),
  };
  return { ...safe, parameters: recordWithoutIdentifiers(parameters) };
}

/** What was made from what, in PostgreSQL: append-only by trigger. A step that ran twice has two entries. */
export class PostgresProvenanceLedger implements ProvenanceLedger {
  private readonly dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.dataSource = dataSource;
  }

  /** Writes all or none; with `within` as part of that transaction, so that a result and its origin stand or fall together. @throws PROVENANCE_NOT_WRITTEN */
  async record(entries: readonly ProvenanceEntry[], within?: EntityManager): Promise<void> {
    if (entries.length === 0) return;
    try {
      await (within ?? this.dataSource.manager).query(INSERT, [JSON.stringify(entries.map(clean))]);
    } catch (error) {
      throw provenanceFault('PROVENANCE_NOT_WRITTEN', error);
    }
  }

  /**
   * Everything that `output` came from: the entries that made it, then those that made their inputs, and so on; at each
   * depth the newest first. Empty when nothing is known of it. @throws PROVENANCE_NOT_READ
   */
  async derivationOf(output: string): Promise<readonly RecordedProvenanceEntry[]> {
    try {
      const rows: Row[] = await this.dataSource.manager.query(DERIVATION, [output]);
      return rows.map(({ recorded_at, ...entry }) => ({ ...entry, recordedAt: recorded_at }));
    } catch (error) {
      throw provenanceFault('PROVENANCE_NOT_READ', error);
    }
  }
}
