import type { EntityManager } from 'typeorm';
import type { SealKind } from '../domain/types.ts';
import type { Place } from './sealed-rows.ts';

/** What was noted of a row. */
export interface Note extends Place {
  readonly kind: SealKind;
  readonly version: number;
}

/** Notes in the service's own schema which version of each row the vault was given. A version never goes back. */
export async function noteRows(rows: readonly Note[], within: EntityManager): Promise<void> {
  if (rows.length === 0) return;
  const places = rows.map(({ kind, name, version }) => ({ kind, name, version }));
  await within.query(
    `INSERT INTO "deid"."sealed_note" AS n ("kind", "name", "version")
     SELECT r."kind", r."name", max(r."version") FROM jsonb_to_recordset($1::jsonb) AS r("kind" text, "name" text, "version" bigint)
     GROUP BY r."kind", r."name" ORDER BY r."kind", r."name"
     ON CONFLICT ("kind", "name") DO UPDATE SET "version" = greatest(n."version", excluded."version")`,
    [JSON.stringify(places)],
  );
}

/** @returns the version that the vault was given last, or undefined where it never was given one. */
export async function notedVersion({ kind, name }: Place, within: EntityManager): Promise<number | undefined> {
  const rows: { version: string }[] = await within.query(
    `SELECT "version" FROM "deid"."sealed_note" WHERE "kind" = $1 AND "name" = $2`,
    [kind, name],
  );
  return rows[0] === undefined ? undefined : Number(rows[0].version);
}

export async function forgetNotes(places: readonly Place[], within: EntityManager): Promise<void> {
  await within.query(
    `DELETE FROM "deid"."sealed_note" AS n USING jsonb_to_recordset($1::jsonb) AS r("kind" text, "name" text)
     WHERE n."kind" = r."kind" AND n."name" = r."name"`,
    [JSON.stringify(places)],
  );
}

/** A page of notes in the order of their place. */
export async function pageOfNotes(after: Place, limit: number, within: EntityManager): Promise<readonly Note[]> {
  const rows: (Omit<Note, 'version'> & { version: string })[] = await within.query(
    `SELECT "kind", "name", "version" FROM "deid"."sealed_note" WHERE ("kind", "name") > ($1, $2)
     ORDER BY "kind", "name" LIMIT $3`,
    [after.kind, after.name, limit],
  );
  return rows.map(({ kind, name, version }) => ({ kind, name, version: Number(version) }));
}
