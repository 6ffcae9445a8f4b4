// What became of every identifier over the whole run: patients, UIDs and days can only be judged together.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { daysBetween } from './dates.ts';
import type { ObjectKey } from './key.ts';
import { readFile, textOf } from './reader.ts';

export interface Census {
  /** Source UID → UIDs that stand in its place. One, if the product is consistent. */
  readonly uids: ReadonlyMap<string, ReadonlySet<string>>;
  /** Made UID → source UIDs that it stands for. One, if it is injective. */
  readonly sources: ReadonlyMap<string, ReadonlySet<string>>;
  /** Patient → Patient IDs of his objects. */
  readonly patientIds: ReadonlyMap<number, ReadonlySet<string>>;
  /** Patient ID in the output → patients. */
  readonly ownersOf: ReadonlyMap<string, ReadonlySet<number>>;
  /** Patient → the number of days by which most of his study dates were moved. */
  readonly offsets: ReadonlyMap<number, number>;
}

function addTo<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key) ?? new Set<V>();
  map.set(key, set.add(value));
}

/** Reads every output once. Outputs that cannot be read are nobody's: the examination says so. */
export function takeCensus(keys: Iterable<ObjectKey>, outDir: string): Census {
  const uids = new Map<string, Set<string>>();
  const sources = new Map<string, Set<string>>();
  const patientIds = new Map<number, Set<string>>();
  const ownersOf = new Map<string, Set<number>>();
  const votes = new Map<number, Map<number, number>>();
  for (const key of keys) {
    const output = outputOf(join(outDir, key.file));
    if (output === undefined) continue;
    const at = (path: string): string => textOf(output.byPath.get(path)?.value);
    addTo(patientIds, key.patient, at('00100020'));
    addTo(ownersOf, at('00100020'), key.patient);
    for (const action of key.actions) {
      if (action.c === 'uid_consistent' && output.byPath.has(action.path)) {
        addTo(uids, action.uid, at(action.path));
        addTo(sources, at(action.path), action.uid);
      }
      if (action.place === 'own StudyDate' && action.c === 'date_shifted')
        vote(votes, key.patient, daysBetween(action.date, at(action.path)));
    }
  }
  return {
    uids,
    sources,
    patientIds,
    ownersOf,
    offsets: new Map([...votes].map(([patient, counts]) => [patient, mostOf(counts)])),
  };
}

function outputOf(path: string): ReturnType<typeof readFile> | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readFile(readFileSync(path));
  } catch {
    return undefined;
  }
}

function vote(votes: Map<number, Map<number, number>>, patient: number, days: number | undefined): void {
  if (days === undefined) return;
  const counts = votes.get(patient) ?? new Map<number, number>();
  votes.set(patient, counts.set(days, (counts.get(days) ?? 0) + 1));
}

const mostOf = (counts: ReadonlyMap<number, number>): number => [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
