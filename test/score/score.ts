import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { takeCensus } from './census.ts';
import type { Census } from './census.ts';
import { examine } from './examine.ts';
import type { ReportEntry, Verdict } from './examine.ts';
import type { ObjectKey } from './key.ts';
import { readReport } from './product.ts';
import { Haystack } from './search.ts';
import { Tally } from './tally.ts';
import type { Score } from './tally.ts';
import { Validity } from './validity.ts';

export interface ScoreRequest {
  readonly inDir: string;
  readonly outDir: string;
  readonly keyFile: string;
  readonly reportFile: string;
  /** Objects that dciodvfy compares before and after, where it is installed. */
  readonly validated: number;
  readonly onProgress?: (done: number) => void;
}

/** Reads the key twice, line by line: once to know what every identifier became, once to judge. */
export async function score(request: ScoreRequest): Promise<Score> {
  const { entries, text } = readReport(request.reportFile);
  const said = new Haystack([text]);
  const census = await censusOf(request);
  const tally = new Tally();
  const validity = new Validity(request.validated);
  let done = 0;
  for await (const key of keysOf(request.keyFile)) {
    const verdicts = [
      ...judged(key, census, request, entries),
      reportClean(key, said),
      ...validity.check(key, request),
    ];
    tally.add(key, verdicts, existsSync(join(request.outDir, key.file)));
    request.onProgress?.((done += 1));
  }
  return tally.result();
}

const judged = (
  key: ObjectKey,
  census: Census,
  request: ScoreRequest,
  entries: ReadonlyMap<string, ReportEntry>,
): readonly Verdict[] => examine(key, census, request, entries.get(key.file));

/** Nothing that was planted in the object may be in the report of the run; file names are the user's and hold nothing here. */
function reportClean(key: ObjectKey, said: Haystack): Verdict {
  const hit = key.actions.find(
    (action) =>
      ('token' in action &&
        ((action.look === 'word' && said.hasWord(action.token)) ||
          (action.look === 'digits' && said.hasDigits(action.token)))) ||
      (action.c === 'uid_changed' && said.hasUid(action.uid)),
  );
  return hit === undefined
    ? { c: 'report_clean', place: 'report', passed: true }
    : { c: 'report_clean', place: `report: ${hit.place}`, passed: false, seen: 'the report names it', leak: true };
}

async function censusOf({ keyFile, outDir }: ScoreRequest): Promise<Census> {
  const keys: ObjectKey[] = [];
  // Only what the census asks for is held for the whole run.
  for await (const key of keysOf(keyFile))
    keys.push({
      ...key,
      actions: key.actions.filter(({ c, place }) => c === 'uid_consistent' || place === 'own StudyDate'),
    });
  return takeCensus(keys, outDir);
}

async function* keysOf(file: string): AsyncGenerator<ObjectKey> {
  const handle = await open(file);
  try {
    for await (const line of handle.readLines()) if (line !== '') yield JSON.parse(line) as ObjectKey;
  } finally {
    await handle.close();
  }
}
