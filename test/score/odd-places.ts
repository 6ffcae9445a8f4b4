// The patient's own identifiers where they have no business: values that the profile keeps, codes and numbers.
import type { Node } from './dataset.ts';
import { attributeOf } from './facts.ts';
import { personName } from './people.ts';
import type { Sheet } from './sheet.ts';
import { encoded } from './sheet.ts';

/** Name or number of the patient in a value that stays otherwise: whoever cannot clean it must hold the object back. */
export function ownIdentifier(sheet: Sheet): Node {
  const { patientId, birthDate } = sheet.person;
  // As the header spells it: a Latin name that stands nowhere in it is nobody's.
  const name = personName(sheet.person).split('^')[0] ?? '';
  const places: readonly (readonly [keyword: string, value: string])[] = [
    ['ReceiveCoilName', `HEAD ${name}`],
    ['PulseSequenceName', `tse ${name.toUpperCase()}`],
    ['FilterType', `${patientId} W`],
    ['BodyPartThickness', patientId.replace(/\D/g, '')],
    ['RescaleType', `B ${birthDate}`],
  ];
  const [keyword, value] = sheet.random.pick(places);
  const { tag, vr } = attributeOf(keyword);
  return { tag, vr, value: encoded(sheet, vr, value) };
}
