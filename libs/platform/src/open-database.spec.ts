import { afterAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { startTestDatabase } from '../../../test/support/test-database.ts';
import type { DatabaseConnection, DatabaseSchema } from '@precedent/platform';
import { ensureLoginRole, findFreePort, openDatabase, pendingSchemaChanges } from '@precedent/platform';

@Entity({ schema: 'ward', name: 'note' })
class Note {
  @PrimaryColumn('text') id!: string;
  @Column('integer') value!: number;
}

class CreateNote1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table ward.note (id text primary key, value integer not null)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table ward.note');
  }
}

class Broken1764000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table ward.second (id text primary key)');
    await runner.query('alter table ward.nowhere add column x text');
  }
  async down(): Promise<void> {
    // Never applied.
  }
}

const WARD: DatabaseSchema = { name: 'ward', entities: [Note], migrations: [CreateNote1764000000001] };
const BROKEN: DatabaseSchema = { ...WARD, migrations: [CreateNote1764000000001, Broken1764000000002] };

describe('openDatabase (real: embedded PostgreSQL, TypeORM)', () => {
  const database = startTestDatabase();
  const opened: DataSource[] = [];
  const open = async (connection: DatabaseConnection, schemas = [WARD]) => {
    const dataSource = await openDatabase(connection, schemas);
    opened.push(dataSource);
    return dataSource;
  };
  afterAll(() => Promise.all(opened.map((dataSource) => dataSource.destroy())));

  it('makes schema and tables, finds nothing to do the second time, and shows no drift', async () => {
    const connection = await database.fresh();
    const first = await open(connection);
    await first.getRepository(Note).insert({ id: 'a', value: 1 });
    const second = await open(connection);
    expect(await second.getRepository(Note).count()).toBe(1);
    expect(await pendingSchemaChanges(second)).toEqual([]);
  });

  it('shows drift when an entity has what no migration made', async () => {
    const dataSource = await database.open([WARD]);
    await dataSource.query('alter table ward.note drop column value');
    expect((await pendingSchemaChanges(dataSource)).join()).toContain('ADD "value" integer');
  });

  it('lets two processes that start at once migrate one after the other', async () => {
    const connection = await database.fresh();
    const both = await Promise.all([open(connection), open(connection)]);
    expect(await both[1].getRepository(Note).count()).toBe(0);
  });

  it('leaves the database as it was when a migration fails', async () => {
    const connection = await database.fresh();
    const before = await open(connection);
    await expect(openDatabase(connection, [BROKEN])).rejects.toMatchObject({ code: 'DATABASE_MIGRATION_FAILED' });
    expect(await before.query("select to_regclass('ward.second') as found")).toEqual([{ found: null }]);
    await before.getRepository(Note).insert({ id: 'still', value: 1 });
  });

  it('isolates concurrent transactions: A inserts, waits, throws; B commits meanwhile', async () => {
    const dataSource = await database.open([WARD]);
    const a = dataSource.transaction(async (manager) => {
      await manager.insert(Note, { id: 'A', value: 1 });
      await sleep(100);
      throw new Error('A fails');
    });
    const b = dataSource.transaction((manager) => manager.insert(Note, { id: 'B', value: 2 }));
    await Promise.all([expect(a).rejects.toThrow('A fails'), b]);
    expect((await dataSource.getRepository(Note).find()).map((note) => note.id)).toEqual(['B']);
  });

  it('outlives idle connections that the server ends', async () => {
    const connection = await database.fresh();
    const codes: string[] = [];
    const dataSource = await openDatabase(connection, [WARD], { onIdleError: (code) => codes.push(code) });
    opened.push(dataSource);
    await Promise.all([1, 2, 3].map(() => dataSource.query('select pg_sleep(0.05)')));
    await dataSource.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    for (let waited = 0; codes.length < 2 && waited < 100; waited += 1) await sleep(20);
    expect(codes).toContain('57P01');
    expect(await dataSource.getRepository(Note).count()).toBe(0);
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 'DATABASE_WRONG_PASSWORD'],
    ['an unknown user', { user: 'nobody_here' }, 'DATABASE_WRONG_PASSWORD'],
    ['a missing database', { database: 'nowhere' }, 'DATABASE_MISSING'],
  ])('says what to do about %s', async (_title, wrong, code) => {
    const connection = { ...(await database.fresh()), ...wrong };
    await expect(openDatabase(connection, [WARD])).rejects.toMatchObject({ code });
  });

  it('says that nothing answers, for a closed port and for a name that means nothing', async () => {
    const connection = await database.fresh();
    const closed = { ...connection, port: await findFreePort() };
    await expect(openDatabase(closed, [])).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    const nameless = { ...connection, host: 'no-such-host.invalid' };
    await expect(openDatabase(nameless, [])).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  });

  it('says so when the user may not make a schema', async () => {
    const connection = await database.fresh();
    await ensureLoginRole(await database.admin(connection), 'guest', 'guest-of-this-house');
    await expect(
      openDatabase({ ...connection, user: 'guest', password: 'guest-of-this-house' }, [WARD]),
    ).rejects.toMatchObject({
      code: 'DATABASE_FORBIDDEN',
    });
  });
});
