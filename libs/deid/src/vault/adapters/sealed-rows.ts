import type { EntityManager } from 'typeorm';
import type { SealedRow, SealKind } from '../domain/types.ts';

interface Stored {
  readonly kind: SealKind;
  readonly name: string;
  readonly patient_key: string;
  readonly version: string;
  readonly key_id: string;
  readonly sealed_under: string;
  readonly wrapped_key: Buffer;
  readonly payload: Buffer;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const toJson = (rows: readonly SealedRow[]): string =>
  JSON.stringify(
    rows.map(({ wrappedKey, payload, ...label }) => ({ ...label, wrapped: hex(wrappedKey), payload: hex(payload) })),
  );

const GIVEN = `jsonb_to_recordset($1::jsonb) AS r("kind" text, "name" text, "patientKey" text, "version" bigint, "keyId" text,
  "sealedUnder" text, "wrapped" text, "payload" text)`;

function fromStored(row: Stored): SealedRow {
  return {
    kind: row.kind,
    name: row.name,
    patientKey: row.patient_key,
    version: Number(row.version),
    keyId: row.key_id,
    sealedUnder: row.sealed_under,
    wrappedKey: row.wrapped_key,
    payload: row.payload,
  };
}

/** Later rows win over earlier ones of the same place, as one INSERT takes each place once. */
function newestOfEach(rows: readonly SealedRow[]): readonly SealedRow[] {
  const newest = new Map<string, SealedRow>();
  for (const row of rows) {
    const place = `${row.kind}\0${row.name}`;
    if (row.version >= (newest.get(place)?.version ?? 0)) newest.set(place, row);
  }
  return [...newest.values()];
}

/** Stores rows; one that is there already is replaced by a newer or equally new one, and stays otherwise. */
export async function putRows(rows: readonly SealedRow[], within: EntityManager): Promise<void> {
  if (rows.length === 0) return;
  await within.query(
    `INSERT INTO "vault"."sealed" AS s ("kind", "name", "patient_key", "version", "key_id", "sealed_under", "wrapped_key", "payload")
     SELECT r."kind", r."name", r."patientKey", r."version", r."keyId", r."sealedUnder", decode(r."wrapped", 'hex'),
       decode(r."payload", 'hex') FROM ${GIVEN} ORDER BY r."kind", r."name"
     ON CONFLICT ("kind", "name") DO UPDATE SET "patient_key" = excluded."patient_key", "version" = excluded."version",
       "key_id" = excluded."key_id", "sealed_under" = excluded."sealed_under", "wrapped_key" = excluded."wrapped_key",
       "payload" = excluded."payload" WHERE excluded."version" >= s."version"`,
    [toJson(newestOfEach(rows))],
  );
}

/** Takes rows over that were read under lock: same place and version, other keys. */
export async function replaceKeys(rows: readonly SealedRow[], within: EntityManager): Promise<void> {
  if (rows.length === 0) return;
  await within.query(
    `UPDATE "vault"."sealed" AS s SET "key_id" = r."keyId", "sealed_under" = r."sealedUnder",
       "wrapped_key" = decode(r."wrapped", 'hex'), "payload" = decode(r."payload", 'hex')
     FROM ${GIVEN} WHERE s."kind" = r."kind" AND s."name" = r."name" AND s."version" = r."version"`,
    [toJson(rows)],
  );
}

export async function findRow(kind: SealKind, name: string, within: EntityManager): Promise<SealedRow | undefined> {
  const rows: Stored[] = await within.query(`SELECT * FROM "vault"."sealed" WHERE "kind" = $1 AND "name" = $2`, [
    kind,
    name,
  ]);
  return rows.map(fromStored)[0];
}

/** Where a row is. */
export interface Place {
  readonly kind: string;
  readonly name: string;
}

export interface StaleQuery {
  readonly active: string;
  /** Also rows whose data key was made under another key. */
  readonly payloads: boolean;
  readonly after: Place;
  readonly limit: number;
}

/** The next rows that are still under another key than the active one, locked. */
export async function lockStale(
  { active, payloads, after, limit }: StaleQuery,
  within: EntityManager,
): Promise<readonly SealedRow[]> {
  const stale = payloads ? `("key_id" <> $1 OR "sealed_under" <> $1)` : `"key_id" <> $1`;
  const rows: Stored[] = await within.query(
    `SELECT * FROM "vault"."sealed" WHERE ${stale} AND ("kind", "name") > ($2, $3) ORDER BY "kind", "name" LIMIT $4 FOR UPDATE`,
    [active, after.kind, after.name, limit],
  );
  return rows.map(fromStored);
}

export interface KeyUse {
  readonly keyId: string;
  readonly rows: number;
}

/** How many rows each key wraps, and how many have a data key made under it. */
export async function countByKey(column: 'key_id' | 'sealed_under', within: EntityManager): Promise<readonly KeyUse[]> {
  const rows: { id: string; n: string }[] = await within.query(
    `SELECT "${column}" AS id, count(*) AS n FROM "vault"."sealed" GROUP BY 1 ORDER BY 1`,
  );
  return rows.map(({ id, n }) => ({ keyId: id, rows: Number(n) }));
}

/** A page of all rows in the order of their place; `after` is the last of the page before. */
export async function pageOfRows(after: Place, limit: number, within: EntityManager): Promise<readonly SealedRow[]> {
  const rows: Stored[] = await within.query(
    `SELECT * FROM "vault"."sealed" WHERE ("kind", "name") > ($1, $2) ORDER BY "kind", "name" LIMIT $3`,
    [after.kind, after.name, limit],
  );
  return rows.map(fromStored);
}

/** The places of all rows about a patient. */
export async function placesOf(patientKey: string, within: EntityManager): Promise<readonly Place[]> {
  return within.query(`SELECT "kind", "name" FROM "vault"."sealed" WHERE "patient_key" = $1`, [patientKey]);
}

/** @returns how many rows went. */
export async function deletePatient(patientKey: string, within: EntityManager): Promise<number> {
  const sql = `DELETE FROM "vault"."sealed" WHERE "patient_key" = $1`;
  const [, rows]: [unknown, number] = await within.query(sql, [patientKey]);
  return rows;
}
