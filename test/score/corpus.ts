import { mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Random } from '../fuzz/random.ts';
import { Canaries } from './canary.ts';
import { CHARSETS } from './charsets.ts';
import { keptByProfile } from './facts.ts';
import type { Kind } from './kinds.ts';
import { IMAGE_KINDS, KO, PDF, PR, RTSTRUCT, SEG, SR } from './kinds.ts';
import { makeObject } from './make-object.ts';
import { makePerson, someDate } from './people.ts';
import type { Person } from './people.ts';
import { dateRuleOf } from './profile-rules.ts';
import type { Ties } from './skeleton.ts';

export interface CorpusRequest {
  /** `in/` and `key.jsonl` are written below. */
  readonly directory: string;
  /** At least so many: the last patient is not cut off. */
  readonly objects: number;
  readonly seed: string;
  readonly profile: string;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Corpus {
  readonly inDir: string;
  readonly keyFile: string;
  readonly objects: number;
  readonly patients: number;
}

interface Planned {
  readonly kind: Kind;
  readonly ties: Ties;
  readonly file: string;
}

/** Writes patients until there are enough objects. Same seed, number and profile: same bytes. */
export async function makeCorpus({ directory, objects, seed, profile, onProgress }: CorpusRequest): Promise<Corpus> {
  const inDir = join(directory, 'in');
  const keyFile = join(directory, 'key.jsonl');
  await mkdir(inDir, { recursive: true });
  const key = await open(keyFile, 'w');
  const used = new Set<string>();
  const kept = keptByProfile(profile);
  const dates = dateRuleOf(profile);
  const runRoot = `1.2.826.0.1.3680043.10.1427.${new Random(`${seed}/root`).between(1000, 9_999_999)}`;
  let turn = 0;
  let patients = 0;
  let previous: Person | undefined;
  try {
    for (; turn < objects; patients += 1) {
      const random = new Random(`${seed}/patient/${patients}`);
      const canaries = new Canaries(random, used);
      const person = personOf(patients, random, canaries, runRoot, previous);
      previous = person;
      for (const { kind, ties, file } of planOf(person, random)) {
        const order = {
          file,
          kind,
          syntax: random.pick(kind.syntaxes),
          person,
          ties,
          random,
          canaries,
          dates,
          keptText: kept.text,
          keptBinary: kept.binary,
          turn,
        };
        const made = await makeObject(order);
        await mkdir(dirname(join(inDir, file)), { recursive: true });
        await writeFile(join(inDir, file), made.bytes);
        await key.write(`${JSON.stringify(made.key)}\n`);
        turn += 1;
        onProgress?.(turn, objects);
      }
    }
  } finally {
    await key.close();
  }
  return { inDir, keyFile, objects: turn, patients };
}

/** One of twenty has the number of the patient before him, given by another issuer: two people, whatever the number says. */
function personOf(
  index: number,
  random: Random,
  canaries: Canaries,
  runRoot: string,
  previous: Person | undefined,
): Person {
  const charset = CHARSETS[index % CHARSETS.length];
  if (charset === undefined) throw new Error('no character set');
  const person = makePerson(index, charset, random, canaries, runRoot);
  return previous !== undefined && random.chance(0.05) ? { ...person, patientId: previous.patientId } : person;
}

/** One or two studies of two series, then the documents that speak of their images. */
function planOf(person: Person, random: Random): readonly Planned[] {
  const studies = random.between(1, 2);
  return Array.from({ length: studies }, (_, study) => studyOf(person, random, study)).flat();
}

function studyOf(person: Person, random: Random, study: number): readonly Planned[] {
  const root = `${person.uidRoot}.${study + 1}`;
  const studyDate = someDate(random, 2000, 2018);
  const series = [random.pick(IMAGE_KINDS), random.pick(IMAGE_KINDS)];
  const images = series.flatMap((kind, index) =>
    Array.from({ length: random.between(2, 3) }, (_, at) => ({
      kind,
      sopClass: kind.sopClass,
      series: `${root}.${index + 1}`,
      instance: `${root}.${index + 1}.${at + 1}`,
    })),
  );
  const documents = [SR, KO, PR, SEG, RTSTRUCT, PDF].filter((kind) => random.chance(kind === PDF ? 0.15 : 0.5));
  const all = [
    ...images,
    ...documents.map((kind, index) => ({ kind, series: `${root}.${index + 10}`, instance: `${root}.${index + 10}.1` })),
  ];
  return all.map(({ kind, series: ofSeries, instance }, index) => ({
    kind,
    file: `p${String(person.index).padStart(4, '0')}/s${study}/o${String(index).padStart(3, '0')}.dcm`,
    ties: {
      study: root,
      series: ofSeries,
      instance,
      frameOfReference: `${root}.99`,
      studyDate,
      number: index + 1,
      images: images.map((one) => ({ sopClass: one.sopClass, series: one.series, instance: one.instance })),
    },
  }));
}
