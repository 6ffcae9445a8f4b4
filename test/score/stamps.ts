// Is the stamp true? What an object says was done to it (PS3.15 E.1, PS3.3 C.12.1.1.9, CID 7050) against what can be seen in it.
import { daysBetween } from './dates.ts';
import { rowOf } from './facts.ts';
import type { ReadFile } from './reader.ts';
import { textOf } from './reader.ts';

export interface StampCheck {
  readonly what: string;
  readonly honest: boolean;
}

/** PS3.16 2024e CID 7050. */
const CID_7050: Readonly<Record<string, string>> = {
  '113100': 'Basic Application Confidentiality Profile',
  '113101': 'Clean Pixel Data Option',
  '113102': 'Clean Recognizable Visual Features Option',
  '113103': 'Clean Graphics Option',
  '113104': 'Clean Structured Content Option',
  '113105': 'Clean Descriptors Option',
  '113106': 'Retain Longitudinal Temporal Information Full Dates Option',
  '113107': 'Retain Longitudinal Temporal Information Modified Dates Option',
  '113108': 'Retain Patient Characteristics Option',
  '113109': 'Retain Device Identity Option',
  '113110': 'Retain UIDs Option',
  '113111': 'Retain Safe Private Option',
  '113112': 'Retain Institution Identity Option',
};

interface Stamp {
  readonly codes: ReadonlyMap<string, { readonly meaning: string; readonly scheme: string }>;
  readonly at: (path: string) => string;
}

function stampOf({ byPath }: ReadFile): Stamp {
  const at = (path: string): string => textOf(byPath.get(path)?.value);
  const codes = new Map<string, { meaning: string; scheme: string }>();
  const count = byPath.get('00120064')?.count ?? 0;
  for (let index = 0; index < count; index += 1) {
    const item = `00120064[${index}].`;
    codes.set(at(`${item}00080100`), { meaning: at(`${item}00080104`), scheme: at(`${item}00080102`) });
  }
  return { codes, at };
}

/** Whether values of the source stand in the output as they were: then the option that allows it must be named. */
function keptOf(
  input: ReadFile,
  output: ReadFile,
): { readonly retained: (letter: string) => boolean; readonly shifted: boolean } {
  const kept = new Set<string>();
  let shifted = false;
  for (const { path, tag, value, vr } of input.elements) {
    const after = output.byPath.get(path)?.value;
    const options = rowOf(tag)?.options;
    if (value === undefined || after === undefined || textOf(value) === '' || options === undefined) continue;
    if (after.equals(value)) for (const option of options) kept.add(option);
    const days = /^D[AT]$/.test(vr) ? daysBetween(textOf(value), textOf(after)) : undefined;
    if (days !== undefined && days !== 0) shifted = true;
  }
  return { retained: (option) => kept.has(option), shifted };
}

/** Each check is an action of the class `stamp_honest`. Pixels are not looked at in this run, so no code may say that they were. */
export function checkStamp(input: ReadFile, output: ReadFile): readonly StampCheck[] {
  const { codes, at } = stampOf(output);
  const { retained, shifted } = keptOf(input, output);
  const privateLeft = output.elements.some(({ tag, path }) => (tag >>> 16) % 2 === 1 && !path.includes('.'));
  const is = (value: string, needed: boolean): StampCheck => ({
    what: `${value} ${CID_7050[value]}`,
    honest: codes.has(value) === needed,
  });
  const named = (value: string, needed: boolean): StampCheck => ({
    what: `${value} named where needed`,
    honest: !needed || codes.has(value),
  });
  const paths = [...output.byPath.keys()];
  const treeLeft = paths.some((path) => path.startsWith('0040a730[0].0040a730['));
  const graphicsLeft = paths.some((path) => /^00700001\[\d+\]\.0070000[89]\[/.test(path));
  return [
    { what: '(0012,0062) YES', honest: at('00120062') === 'YES' },
    { what: '(0012,0063) or codes present', honest: at('00120063') !== '' || codes.size > 0 },
    {
      what: 'codes of DCM with their meaning',
      honest: [...codes].every(([code, { meaning, scheme }]) => scheme === 'DCM' && CID_7050[code] === meaning),
    },
    is('113100', true),
    is('113101', false),
    is('113102', false),
    is('113106', false),
    is('113107', shifted),
    is('113108', retained('pK')),
    is('113110', false),
    is('113111', privateLeft),
    named('113109', retained('vK') && !retained('mC')),
    named('113112', retained('iK')),
    named('113104', treeLeft),
    named('113103', graphicsLeft),
    { what: '(0028,0303) tells how dates were treated', honest: at('00280303') === (shifted ? 'MODIFIED' : 'REMOVED') },
    { what: '(0028,0301) does not say that pixels are clean', honest: at('00280301') !== 'NO' },
  ];
}
