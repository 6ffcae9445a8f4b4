import type { Random } from '../fuzz/random.ts';
import type { Canaries } from './canary.ts';
import type { Node, Syntax } from './dataset.ts';
import { encodeFile, SYNTAX } from './dataset.ts';
import { documentModules } from './documents.ts';
import { attributeOf, ROWS, unlisted } from './facts.ts';
import type { Attribute } from './facts.ts';
import * as hiding from './hiding.ts';
import type { ObjectKey } from './key.ts';
import type { Kind } from './kinds.ts';
import { ownIdentifier } from './odd-places.ts';
import type { Person } from './people.ts';
import { hex } from './reader.ts';
import { noise, pixelData, streamsOf } from './pictures.ts';
import { plant, PLANTED_VRS, TOP } from './plant.ts';
import * as privates from './private.ts';
import type { DateRule } from './profile-rules.ts';
import { commonModules, descriptions, expectNeeded, expectUids, imageModules } from './skeleton.ts';
import type { Ties } from './skeleton.ts';
import type { Sheet } from './sheet.ts';

export interface Order {
  readonly file: string;
  readonly kind: Kind;
  readonly syntax: Syntax;
  readonly person: Person;
  readonly ties: Ties;
  readonly random: Random;
  readonly canaries: Canaries;
  readonly dates: DateRule;
  readonly keptText: ReadonlySet<string>;
  readonly keptBinary: ReadonlySet<string>;
  /** Counts objects, so that every row and attribute has its turn. */
  readonly turn: number;
}

export interface MadeObject {
  readonly bytes: Buffer;
  readonly key: ObjectKey;
}

/** Rows and unlisted attributes planted at the top of an object; all have had a turn after about ten objects. */
const ROWS_EACH = 75;
const UNLISTED_EACH = 60;
/** The document itself, the container's own tree and the pixel icon are made where they belong. */
const MADE_ELSEWHERE = new Set([
  'EncapsulatedDocument',
  'ContentSequence',
  'IconImageSequence',
  'DataSetTrailingPadding',
  'PatientComments',
]);

/** Groups 0002 and 0004 are no part of a data set (PS3.10 7.1, PS3.3 F.3): the former is planted in `hiding.ts`. */
const PLANTED_ROWS: readonly Attribute[] = ROWS.filter(
  ({ keyword, vr, tag }) => tag >>> 16 > 4 && (PLANTED_VRS.includes(vr) || vr === 'SQ') && !MADE_ELSEWHERE.has(keyword),
);

/** Makes one object with everything that is planted in it, and its key. */
export async function makeObject(order: Order): Promise<MadeObject> {
  const sheet = sheetOf(order);
  const nodes = new Map<number, Node>();
  const add = (list: readonly Node[]): void =>
    list.filter(({ tag }) => !nodes.has(tag)).forEach((node) => nodes.set(node.tag, node));
  add(commonModules(sheet, order.kind, order.ties));
  add(descriptions(sheet));
  add(order.kind.picture === 'none' ? [] : imageModules(sheet, order.kind, order.ties));
  add(isDocument(order.kind) ? documentModules(sheet, order.kind, order.ties) : []);
  expectNeeded(sheet, order.kind, order.ties);
  expectUids(sheet, order.kind, order.ties);
  plantAttributes(sheet, order, nodes);
  return finish(order, sheet, nodes);
}

const isDocument = ({ name, picture }: Kind): boolean => picture === 'none' || name === 'SEG';

function sheetOf({ person, random, canaries, kind, dates, keptText, syntax }: Order): Sheet {
  const bigEndian = syntax === SYNTAX.bigEndian;
  return {
    person,
    random,
    canaries,
    actions: [],
    sopClass: kind.sopClass,
    dates,
    keptText,
    bigEndian,
    explicit: syntax !== SYNTAX.implicit,
  };
}

/** Attributes by turn, nested ones, private ones, graphics. An attribute that the object has already is left as it is. */
function plantAttributes(sheet: Sheet, { turn, keptText, keptBinary }: Order, nodes: Map<number, Node>): void {
  const without = unlisted(PLANTED_VRS, new Set([...keptText, ...keptBinary]));
  const ofTurn = (list: readonly Attribute[], each: number): readonly Attribute[] =>
    Array.from({ length: each }, (_, index) => list[(turn * each + index) % list.length] as Attribute);
  for (const attribute of [...ofTurn(PLANTED_ROWS, ROWS_EACH), ...ofTurn(without, UNLISTED_EACH)]) {
    if (nodes.has(attribute.tag)) continue;
    const node = plant(sheet, attribute, TOP);
    if (node !== undefined) nodes.set(attribute.tag, node);
  }
  const pool = hiding.nestedPool(sheet, PLANTED_ROWS);
  const more = [
    hiding.nestedPlants(sheet, 1 + (turn % 6), pool, 22, nodes),
    ...(sheet.random.chance(0.7) ? privates.known(sheet) : []),
    ...(sheet.random.chance(0.6) ? privates.unknown(sheet) : []),
    ...(sheet.random.chance(0.5) ? privates.withoutCreator(sheet) : []),
  ];
  for (const node of more) if (!nodes.has(node.tag)) nodes.set(node.tag, node);
}

/** Hiding places that leave no room for doubt come always out clean; for the others the object may be held back. */
async function finish(order: Order, sheet: Sheet, nodes: Map<number, Node>): Promise<MadeObject> {
  const { random } = sheet;
  const { kind, syntax, ties, person } = order;
  const doubts: string[] = [];
  const doubt = (chance: number, why: string): boolean => random.chance(chance) && doubts.push(why) > 0;
  if (random.chance(0.2)) nodes.set(0x00080000, hiding.groupLength());
  if (random.chance(0.15)) nodes.set(0xfffcfffc, hiding.padding(sheet));
  const isImage = !isDocument(kind);
  if (isImage && random.chance(0.25)) nodes.set(attributeOf('IconImageSequence').tag, hiding.icon(sheet));
  if (isImage && random.chance(0.3)) hiding.graphics(sheet).forEach((node) => nodes.set(node.tag, node));
  if (doubt(0.02, 'an identifier of the patient in a value that the profile keeps')) replaceBy(nodes, sheet);
  if (doubt(0.02, 'text behind a NUL')) nodes.set(0x00081090, hiding.behindNul(sheet));
  const picture = kind.picture === 'none' ? undefined : await pictureOf(order, sheet, doubt);
  if (picture !== undefined) nodes.set(picture.node.tag, picture.node);
  const twice = doubt(0.01, 'a tag that comes twice') ? hiding.duplicate(sheet) : [];
  // A data set ends where the file ends (PS3.10 7.2): what lies behind its last element is an element that is none.
  const behind = doubt(0.06, 'bytes behind the data set') ? hiding.trailing(sheet) : undefined;
  if (kind.name === 'encapsulated PDF') doubts.push('an encapsulated document');
  const bytes = encodeFile({
    nodes: [...nodes.values(), ...twice],
    syntax,
    sopClass: kind.sopClass,
    sopInstance: ties.instance,
    ...(random.chance(0.3) ? { preamble: hiding.preamble(sheet) } : {}),
    ...(random.chance(0.3) ? { meta: hiding.meta(sheet) } : {}),
    ...(behind === undefined ? {} : { trailing: behind }),
  });
  const key: ObjectKey = {
    file: order.file,
    patient: person.index,
    kind: kind.name,
    charset: person.charset.name,
    syntax,
    sopInstance: ties.instance,
    ...(doubts.length > 0 ? { mayBeHeld: doubts.join('; ') } : {}),
    ...(picture?.planted === true ? { plantedBits: true } : {}),
    actions: sheet.actions,
  };
  return { bytes, key };
}

/** What was expected to stay there need not stay any more. */
function replaceBy(nodes: Map<number, Node>, sheet: Sheet): void {
  const node = ownIdentifier(sheet);
  nodes.set(node.tag, node);
  const path = hex(node.tag);
  const rest = sheet.actions.filter((action) => !(action.c === 'text_retained' && action.path === path));
  sheet.actions.splice(0, sheet.actions.length, ...rest);
}

interface Picture {
  readonly node: Node;
  /** Something is planted in it, so its bytes need not stay. */
  readonly planted: boolean;
}

async function pictureOf(
  { kind, syntax }: Order,
  sheet: Sheet,
  doubt: (chance: number, why: string) => boolean,
): Promise<Picture> {
  const frames = noise(sheet.random, kind);
  const streams = await streamsOf(frames, kind, syntax);
  if (streams === undefined) {
    const inBits = kind.picture === 'gray16' && doubt(0.04, 'text in the unused bits of pixels');
    if (inBits) hiding.intoHighBits(sheet, frames, kind);
    return { node: pixelData(frames, undefined, kind, Buffer.alloc(0)), planted: inBits };
  }
  const inStream = doubt(0.12, 'text in the code stream');
  const used = inStream ? hiding.intoStream(sheet, streams, syntax) : streams;
  const offsets = doubt(0.02, 'a Basic Offset Table of letters') ? hiding.offsetsOfLetters(sheet) : Buffer.alloc(0);
  return { node: pixelData(frames, used, kind, offsets), planted: inStream };
}
