import type { Random } from '../fuzz/random.ts';
import type { Canaries } from './canary.ts';
import { encodeText } from './charsets.ts';
import type { Node } from './dataset.ts';
import { evenly } from './dataset.ts';
import { attributeOf } from './facts.ts';
import type { Action, Look } from './key.ts';
import type { Person } from './people.ts';
import type { DateRule } from './profile-rules.ts';

/** One object while it is being made: who it is of, what has been planted in it, what must become of that. */
export interface Sheet {
  readonly person: Person;
  readonly random: Random;
  readonly canaries: Canaries;
  readonly actions: Action[];
  readonly sopClass: string;
  readonly dates: DateRule;
  /** Attributes that the profile keeps by name. */
  readonly keptText: ReadonlySet<string>;
  readonly bigEndian: boolean;
  readonly explicit: boolean;
}

type RemovedClass = 'text_removed' | 'private_removed' | 'hidden_removed';

/** Remembers a token that may be nowhere in the output. */
export function mustGo(
  sheet: Sheet,
  token: string,
  place: string,
  look: Look = 'word',
  c: RemovedClass = 'text_removed',
): string {
  sheet.actions.push({ c, place, token, look });
  return token;
}

const PADDING: Readonly<Record<string, number>> = { UI: 0, OB: 0, OW: 0, UN: 0 };

/** An element of text in the character set of the object. */
export function text(sheet: Sheet, keyword: string, value: string): Node {
  const { tag, vr } = attributeOf(keyword);
  return { tag, vr, value: encoded(sheet, vr, value) };
}

const OF_CHARSET = new Set(['SH', 'LO', 'ST', 'LT', 'UT', 'UC', 'PN']);
export function encoded(sheet: Sheet, vr: string, value: string): Buffer {
  const bytes = OF_CHARSET.has(vr) ? encodeText(value, sheet.person.charset) : Buffer.from(value, 'latin1');
  return evenly(bytes, PADDING[vr] ?? 0x20);
}

/** An element of numbers. */
export function numbers(keyword: string, ...values: number[]): Node {
  const { tag, vr } = attributeOf(keyword);
  return { tag, vr, value: numberBytes(vr, values) };
}

export function numberBytes(vr: string, values: readonly number[]): Buffer {
  if (vr === 'DS' || vr === 'IS') return evenly(Buffer.from(values.join('\\'), 'latin1'), 0x20);
  const size = vr === 'FD' ? 8 : vr === 'US' || vr === 'SS' || vr === 'AT' ? 2 : 4;
  const bytes = Buffer.alloc(size * values.length);
  values.forEach((value, index) => {
    const at = index * size;
    if (vr === 'FD') bytes.writeDoubleLE(value, at);
    else if (vr === 'FL') bytes.writeFloatLE(value, at);
    else if (size === 2) bytes.writeUInt16LE(value, at);
    else bytes.writeUInt32LE(value, at);
  });
  return bytes;
}

export const sequence = (keyword: string, ...items: (readonly Node[])[]): Node => ({
  tag: attributeOf(keyword).tag,
  vr: 'SQ',
  items,
  open: true,
});

/** A code of a public scheme (PS3.3 8.8): nothing of it is about the patient. */
export function code(sheet: Sheet, value: string, scheme: string, meaning: string): readonly Node[] {
  return [
    text(sheet, 'CodeValue', value),
    text(sheet, 'CodingSchemeDesignator', scheme),
    text(sheet, 'CodeMeaning', meaning),
  ];
}
