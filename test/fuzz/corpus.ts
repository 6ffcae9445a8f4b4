import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { baseObject } from './base-object.ts';
import type { BaseObject } from './base-object.ts';
import { codecOf } from './decode-mutants.ts';
import { madeImages, madeStructures } from './made-objects.ts';
import type { MadeFile } from './made-objects.ts';
import type { BaseGroups, MutantKind } from './mutants.ts';

const SHARED = fileURLToPath(new URL('../../../shared/data/dicom', import.meta.url));
/** Larger ones hold more pixels, not more structure. */
const MAX_BASE_BYTES = 128 * 1024;
const NOT_OBJECTS = /\.(txt|md|csv|jsonl|json)$/;

export interface Corpus {
  readonly groups: BaseGroups;
  /** Whether objects of other makers were there to mutate. */
  readonly shared: boolean;
}

/** @param synthetic folder of a cohort that libs/synthetic made */
export async function loadCorpus(kind: MutantKind, synthetic: string | undefined): Promise<Corpus> {
  const shared = existsSync(SHARED);
  const files = shared ? filesIn(SHARED, 'shared') : [];
  if (kind === 'decode') return { groups: byCodec([...bases(files), ...bases(await madeImages())]), shared };
  const cohort = synthetic === undefined ? [] : filesIn(synthetic, 'synthetic');
  const made = [...madeStructures(), ...(await madeImages())];
  const groups = [bases(files), bases(made), bases(cohort)].filter((group) => group.length > 0);
  // Objects of other makers are the most various: two draws of three.
  return { groups: shared ? [groups[0] ?? [], groups[0] ?? [], ...groups] : groups, shared };
}

function filesIn(folder: string, prefix: string): MadeFile[] {
  const names = readdirSync(folder, { recursive: true }).map((name) => String(name).replaceAll('\\', '/'));
  return names.sort().flatMap((name) => {
    const path = join(folder, name);
    const wanted = !NOT_OBJECTS.test(name) && statSync(path).isFile() && statSync(path).size <= MAX_BASE_BYTES;
    return wanted ? [{ name: `${prefix}/${name}`, bytes: readFileSync(path) }] : [];
  });
}

function bases(files: readonly MadeFile[]): BaseObject[] {
  return files.flatMap(({ name, bytes }) => baseObject(name, bytes) ?? []);
}

const DECODED = ['rle', 'jpeg-baseline', 'jpeg-extended', 'jpeg-lossless', 'jpeg-ls', 'jpeg-2000', 'htj2k'];

/** Every decoder equally often. */
function byCodec(all: readonly BaseObject[]): BaseGroups {
  const framed = all.filter(({ places }) => places.filter(({ kind }) => kind === 'fragment').length > 1);
  return DECODED.map((codec) => framed.filter((base) => codecOf(base) === codec)).filter((group) => group.length > 0);
}
