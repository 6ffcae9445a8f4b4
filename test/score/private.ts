// Private elements (PS3.5 7.8): known and unknown creators, none at all, sequences, binary values, and safe ones gone bad.
import { encodeNodes } from './dataset.ts';
import type { Node } from './dataset.ts';
import { evenly } from './dataset.ts';
import { binary } from './plant.ts';
import type { Sheet } from './sheet.ts';
import { encoded, mustGo } from './sheet.ts';

const word = (sheet: Sheet, place: string): string =>
  mustGo(sheet, sheet.canaries.word(), `private ${place}`, 'word', 'private_removed');

/** Creators of real makers with an element of theirs that holds text, and some that Table E.3.10-1 calls safe. */
const KNOWN: readonly (readonly [creator: string, group: number, element: number, vr: string, place: string])[] = [
  ['SIEMENS CSA HEADER', 0x0029, 0x10, 'OB', 'CSA header'],
  ['SIEMENS MEDCOM HEADER', 0x0029, 0x40, 'LO', 'MedCom header'],
  ['GEMS_IDEN_01', 0x0009, 0x02, 'SH', 'GE suite id'],
  ['GEMS_PARM_01', 0x0043, 0x27, 'SH', 'safe GE scan pitch ratio'],
  ['Philips Imaging DD 001', 0x2001, 0x63, 'LO', 'Philips examination source'],
  ['Philips MR Imaging DD 001', 0x2005, 0x35, 'LO', 'Philips data type'],
  ['ELSCINT1', 0x00e1, 0x50, 'LO', 'safe Elscint duration'],
  ['AGFA PACS Archive Mirroring 1.0', 0x0031, 0x00, 'LO', 'Agfa study status'],
  ['MITRA PRESENTATION 1.0', 0x0029, 0x00, 'LO', 'Mitra rotation'],
];

const BLOCK = 0x10;
const element = (group: number, low: number, block = BLOCK): number => group * 0x10000 + block * 0x100 + low;
const creatorNode = (sheet: Sheet, group: number, name: string, block = BLOCK): Node => ({
  tag: group * 0x10000 + block,
  vr: 'LO',
  value: encoded(sheet, 'LO', name),
});

/** One private block of a maker. */
export function known(sheet: Sheet): readonly Node[] {
  const [creator, group, low, vr, place] = sheet.random.pick(KNOWN);
  const value =
    vr === 'OB' ? binary(sheet, `private ${place}`, 'private_removed') : encoded(sheet, vr, word(sheet, place));
  return [creatorNode(sheet, group, creator), { tag: element(group, low), vr, value }];
}

/** A creator that nobody knows, whose own name is one, with every kind of content. */
export function unknown(sheet: Sheet): readonly Node[] {
  const group = 0x0071;
  const inner: Node = {
    tag: 0x00104000,
    vr: 'LT',
    value: encoded(sheet, 'LT', word(sheet, 'sequence > PatientComments')),
  };
  const innerPrivate: readonly Node[] = [
    creatorNode(sheet, 0x0073, 'INNER 1.0'),
    { tag: element(0x0073, 1), vr: 'PN', value: encoded(sheet, 'PN', `${word(sheet, 'sequence > private PN')}^Jo`) },
  ];
  const uid = `${sheet.person.uidRoot}.7.${sheet.random.between(1, 1e9)}`;
  sheet.actions.push({ c: 'uid_changed', place: 'private UI', uid });
  return [
    creatorNode(sheet, group, `${word(sheet, 'creator')} SYSTEMS`),
    { tag: element(group, 0x01), vr: 'LO', value: encoded(sheet, 'LO', word(sheet, 'unknown LO')) },
    { tag: element(group, 0x02), vr: 'PN', value: encoded(sheet, 'PN', `${word(sheet, 'unknown PN')}^Max`) },
    { tag: element(group, 0x03), vr: 'OB', value: binary(sheet, 'private unknown OB', 'private_removed') },
    { tag: element(group, 0x04), vr: 'UN', value: binary(sheet, 'private unknown UN', 'private_removed') },
    { tag: element(group, 0x05), vr: 'SQ', items: [[inner, ...innerPrivate]], open: sheet.random.chance(0.5) },
    { tag: element(group, 0x06), vr: 'UI', value: evenly(Buffer.from(uid, 'latin1')) },
    { tag: element(group, 0x07), vr: 'DS', value: encoded(sheet, 'DS', '1.5') },
    sequenceInBytes(sheet, group),
  ];
}

/** A sequence as the value of UN, in implicit VR as PS3.5 6.2.2 says. */
function sequenceInBytes(sheet: Sheet, group: number): Node {
  const name: Node = {
    tag: 0x00100010,
    vr: 'PN',
    value: encoded(sheet, 'PN', `${word(sheet, 'UN sequence > PatientName')}^X`),
  };
  return { tag: element(group, 0x08), vr: 'SQ', items: [[name]], asUnknown: sheet.explicit && !sheet.bigEndian };
}

/** Elements of an odd group whose creator is not there. */
export const withoutCreator = (sheet: Sheet): readonly Node[] => [
  { tag: 0x00752001, vr: 'LO', value: encoded(sheet, 'LO', word(sheet, 'without creator LO')) },
  { tag: 0x00752002, vr: 'OB', value: binary(sheet, 'private without creator OB', 'private_removed') },
];

export { encodeNodes };
