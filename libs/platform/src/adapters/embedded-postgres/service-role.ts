import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { DatabaseConnection } from '../../domain/database.ts';

/**
 * Who the service works as. The cluster's first user is a superuser, whom PostgreSQL refuses nothing: neither the append-only audit
 * log nor the vault's tables would be closed to it.
 */
export const SERVICE_ROLE = 'precedent_service';

/**
 * A database made by an earlier version belongs to the superuser with all that is in it: given to the service's role, in one
 * transaction. Sequences of columns go with their table, members of an extension stay with it, `public` belongs to the database's
 * owner by itself. The vault's schema has an owner of its own and is left alone.
 */
const HAND_OVER = `do $$
declare item record;
begin
  for item in select n.nspname from pg_namespace n
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname <> 'public' and n.nspowner = current_user::regrole
  loop execute format('alter schema %I owner to ${SERVICE_ROLE}', item.nspname); end loop;
  for item in select c.oid::regclass as name, c.relkind as kind from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')
      and c.relowner = current_user::regrole
      and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass
        and (d.deptype = 'e' or (c.relkind = 'S' and d.deptype in ('a', 'i'))))
  loop execute format(case item.kind when 'c' then 'alter type %s owner to ${SERVICE_ROLE}' when 'S' then
    'alter sequence %s owner to ${SERVICE_ROLE}' else 'alter table %s owner to ${SERVICE_ROLE}' end, item.name); end loop;
  for item in select p.oid::regprocedure as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and p.proowner = current_user::regrole
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  loop execute format('alter routine %s owner to ${SERVICE_ROLE}', item.name); end loop;
  for item in select t.oid::regtype as name from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and t.typtype in ('e', 'd') and t.typowner = current_user::regrole
      and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
  loop execute format('alter type %s owner to ${SERVICE_ROLE}', item.name); end loop;
end $$`;

async function withClient<T>(connection: DatabaseConnection, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Makes a login role, or gives the one that is there this password; it can do nothing but what it is granted or owns. Of an embedded
 * server only.
 * @param name letters, digits and `_`
 */
export async function ensureLoginRole(admin: DatabaseConnection, name: string, password: string): Promise<void> {
  if (!/^[a-z][a-z0-9_]{0,30}$/.test(name)) throw new TypeError('not a role name');
  if (!/^[A-Za-z0-9_-]{16,128}$/.test(password)) throw new TypeError('not a password of ours');
  await withClient(admin, async (client) => {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name]);
    const rights = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls';
    await client.query(`${rowCount === 0 ? 'create' : 'alter'} role ${name} ${rights} password '${password}'`);
  });
}

/** @returns the connection of the service's role, with a password that is made anew at each start and lies nowhere. */
export async function ensureServiceRole(admin: DatabaseConnection): Promise<DatabaseConnection> {
  const password = randomBytes(24).toString('base64url');
  await ensureLoginRole(admin, SERVICE_ROLE, password);
  await withClient(admin, async (client) => {
    await client.query('begin');
    await client.query(HAND_OVER);
    await client.query(`alter database "${admin.database}" owner to ${SERVICE_ROLE}`);
    await client.query('commit');
  });
  return { ...admin, user: SERVICE_ROLE, password };
}

/** Makes a schema that belongs to another role than the service's, where it is missing. Of an embedded server only. */
export async function ensureOwnedSchema(admin: DatabaseConnection, schema: string, owner: string): Promise<void> {
  for (const name of [schema, owner])
    if (!/^[a-z][a-z0-9_]{0,30}$/.test(name)) throw new TypeError('not a name of ours');
  await withClient(admin, async (client) => {
    await client.query(`create schema if not exists ${schema} authorization ${owner}`);
  });
}
