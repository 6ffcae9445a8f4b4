/** Real: embedded PostgreSQL, TypeORM. Fake: nothing. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ProvenanceEntry } from '@precedent/kernel';
import { pendingSchemaChanges } from '@precedent/platform';
import { PostgresProvenanceLedger, provenanceSchema } from '@precedent/provenance';
import type { DataSource } from 'typeorm';
import { startTestDatabase } from '../../../test/support/test-database.ts';

const entry = (
  activity: ProvenanceEntry['activity'],
  output: string,
  inputs: string[],
  parameters = {},
): ProvenanceEntry => ({
  activity,
  output,
  inputs,
  parameters,
});

describe('PostgresProvenanceLedger', () => {
  const database = startTestDatabase();
  let dataSource: DataSource;
  let ledger: PostgresProvenanceLedger;
  beforeAll(async () => {
    dataSource = await database.open([provenanceSchema]);
    ledger = new PostgresProvenanceLedger(dataSource);
  });

  it('has the tables that its entities describe', async () => {
    expect(await pendingSchemaChanges(dataSource)).toEqual([]);
  });

  it('leads back from an answer through every stage, nearest first', async () => {
    await ledger.record([
      entry('deidentify', 'object-1', ['source-1'], { profile: 'retrieval', uncleanedPixels: false }),
      entry('archive', 'study-1', ['object-1']),
      entry('embed', 'vector-1', ['study-1', 'model-1'], { dimension: 1280 }),
      entry('index', 'index-1', ['vector-1']),
      entry('answer', 'answer-1', ['index-1', 'vector-1']),
      entry('answer', 'answer-of-others', ['elsewhere']),
    ]);
    const chain = await ledger.derivationOf('answer-1');
    expect(chain.map(({ depth, output }) => [depth, output])).toEqual([
      [0, 'answer-1'],
      [1, 'index-1'],
      [1, 'vector-1'],
      [2, 'study-1'],
      [3, 'object-1'],
    ]);
    expect(chain[2]).toMatchObject({
      activity: 'embed',
      inputs: ['study-1', 'model-1'],
      parameters: { dimension: 1280 },
    });
    expect(chain[4]?.parameters).toEqual({ profile: 'retrieval', uncleanedPixels: false });
  });

  it('keeps both entries of a step that ran twice, the newest first', async () => {
    await ledger.record([entry('embed', 'twice', [], { run: 1 })]);
    await ledger.record([entry('embed', 'twice', [], { run: 2 })]);
    expect((await ledger.derivationOf('twice')).map(({ parameters }) => parameters['run'])).toEqual([2, 1]);
  });

  it('ends on a loop, and knows nothing of the unknown', async () => {
    await ledger.record([entry('index', 'loop-a', ['loop-b']), entry('index', 'loop-b', ['loop-a'])]);
    expect((await ledger.derivationOf('loop-a')).map(({ output }) => output)).toEqual(['loop-a', 'loop-b']);
    expect(await ledger.derivationOf('unknown')).toEqual([]);
  });

  it.each(["update provenance.entry set output = 'x'", 'delete from provenance.entry', 'truncate provenance.entry'])(
    'refuses: %s',
    async (statement) => {
      await expect(dataSource.query(statement)).rejects.toThrow('append-only');
    },
  );

  it('stands and falls with the transaction it is given, and lets no source UID in', async () => {
    const undone = dataSource.transaction(async (manager) => {
      await ledger.record([entry('archive', 'undone', [])], manager);
      throw new Error('rolled back');
    });
    await expect(undone).rejects.toThrow('rolled back');
    expect(await ledger.derivationOf('undone')).toEqual([]);
    await ledger.record([entry('deidentify', 'clean', ['1.3.6.1.4.1.14519.5.2.1'], { seen: 'DOE^JANE' })]);
    expect(await ledger.derivationOf('clean')).toMatchObject([
      { inputs: ['[refused]'], parameters: { seen: '[refused]' } },
    ]);
  });
});
