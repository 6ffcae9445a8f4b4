import { deflateRawSync } from 'node:zlib';
import type { BaseObject } from './base-object.ts';
import { applyEdits } from './edits.ts';
import type { Edit } from './edits.ts';
import { mutateBytes, mutateDeflate, mutatePreamble, mutateTrailing } from './mutate-file.ts';
import type { MutateFile } from './mutate-file.ts';
import {
  addNesting,
  convertLength,
  mutateLength,
  mutateMark,
  mutateTag,
  mutateVr,
  resizeValue,
} from './mutate-structure.ts';
import type { Mutate } from './mutate-structure.ts';
import { mutateCharset, mutateFragments, mutateMeta, mutateValue } from './mutate-values.ts';
import { Random } from './random.ts';

export type MutantKind = 'parse' | 'decode';

/** One mutant, and how to make it again. */
export interface Mutant {
  /** `KIND/SEED/NUMBER@BASE`: all that is needed to make it again where the base is at hand. */
  readonly seed: string;
  /** Class of its first mutation, for the table. */
  readonly className: string;
  readonly notes: readonly string[];
  readonly bytes: Buffer;
}

const EDITING: Readonly<Record<string, readonly Mutate[]>> = {
  lengths: [mutateLength, mutateLength, resizeValue],
  'value representations': [mutateVr],
  'nesting and delimiters': [mutateMark, addNesting, convertLength],
  'tags and their order': [mutateTag],
  'fragments and offset tables': [mutateFragments],
  'character sets': [mutateCharset],
  'group 0002': [mutateMeta],
  values: [mutateValue],
};

const WHOLE_FILE: Readonly<Record<string, MutateFile>> = {
  preamble: mutatePreamble,
  'trailing bytes': mutateTrailing,
  'bits, bytes, blocks': mutateBytes,
};

const DEFLATE = 'deflate streams';
export const PARSE_CLASSES = [...Object.keys(EDITING), ...Object.keys(WHOLE_FILE), DEFLATE];

interface Draft {
  readonly base: BaseObject;
  readonly edits: Edit[];
  readonly notes: string[];
  readonly whole: MutateFile[];
  deflate: boolean;
}

/** Bases in groups that are drawn equally often, however many there are of each. */
export type BaseGroups = readonly (readonly BaseObject[])[];

/** The number's own random numbers, and the base: as the seed names it, else drawn. */
export function drawBase(seed: string, groups: BaseGroups): { random: Random; base: BaseObject; seed: string } {
  const [text = seed, name] = seed.split(/@(.*)/s);
  const random = new Random(text);
  const drawn = random.pick(random.pick(groups));
  const base = name === undefined ? drawn : groups.flat().find((one) => one.name === name);
  if (base === undefined) throw new Error(`the base ${name ?? ''} is not here`);
  return { random, base, seed: `${text}@${base.name}` };
}

/** @param seed `parse/SEED/NUMBER`, with `@BASE` where the base is not to be drawn */
export function parseMutant(seed: string, groups: BaseGroups): Mutant {
  const { random, base, seed: full } = drawBase(seed, groups);
  const draft: Draft = { base, edits: [], notes: [], whole: [], deflate: false };
  const first = mutateOnce(random, draft, PARSE_CLASSES);
  for (let more = random.pick([0, 0, 0, 1, 1, 2]); more > 0; more--) mutateOnce(random, draft, PARSE_CLASSES);
  return { seed: full, className: first, notes: draft.notes, bytes: written(random, draft) };
}

/** @returns the class of the mutation that was added. */
function mutateOnce(random: Random, draft: Draft, classes: readonly string[]): string {
  const className = random.pick(classes);
  const whole = WHOLE_FILE[className];
  if (whole !== undefined) draft.whole.push(whole);
  else if (className === DEFLATE) return addDeflate(random, draft, classes);
  else if (!edited(random, draft, EDITING[className] ?? [])) return mutateOnce(random, draft, Object.keys(WHOLE_FILE));
  return className;
}

function edited(random: Random, { base, edits, notes }: Draft, choices: readonly Mutate[]): boolean {
  const mutation = random.pick(choices)(random, base);
  if (mutation === undefined) return false;
  edits.push(...mutation.edits);
  notes.push(mutation.note);
  return true;
}

/** Only what is, or can be labelled, deflated explicit VR little endian. */
function addDeflate(random: Random, draft: Draft, classes: readonly string[]): string {
  const { encoding, meta } = draft.base.dataset;
  const syntax = meta.find(({ tag }) => tag === 0x00020010);
  if (encoding.encapsulated || !encoding.explicitVr || !encoding.littleEndian || syntax === undefined) {
    return mutateOnce(
      random,
      draft,
      classes.filter((name) => name !== DEFLATE),
    );
  }
  draft.deflate = true;
  return DEFLATE;
}

const DEFLATED = Buffer.from('1.2.840.10008.1.2.1.99');

function written(random: Random, { base, edits, notes, whole, deflate }: Draft): Buffer {
  const syntax = base.places.find(({ meta, tag }) => meta && tag === 0x00020010);
  const label: Edit[] = [];
  if (deflate && syntax !== undefined) {
    label.push({ start: syntax.valueStart, end: syntax.valueEnd, bytes: DEFLATED, around: [syntax.length] });
  }
  const { bytes, mark } = applyEdits(base.bytes, [...label, ...edits], base.dataset.start);
  let file = bytes;
  if (deflate || base.dataset.encoding.deflated) {
    let stream: Buffer = deflateRawSync(bytes.subarray(mark), { level: 1 });
    if (deflate) {
      const mutation = mutateDeflate(random, stream);
      stream = mutation.bytes;
      notes.push(mutation.note);
    }
    file = Buffer.concat([bytes.subarray(0, mark), stream]);
  }
  for (const mutate of whole) {
    const mutation = mutate(random, file, base);
    if (mutation === undefined) continue;
    file = mutation.bytes;
    notes.push(mutation.note);
  }
  return file;
}
