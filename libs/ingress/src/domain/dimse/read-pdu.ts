import type { AssociateRequest, Pdv, ProposedContext } from './pdu-types.ts';

/** Bytes that are no PDU of PS3.8: event 19 of its state table. The message names the rule, never a value. */
export class InvalidPdu extends Error {
  override readonly name = 'InvalidPdu';
}

/** PS3.8 9.3.2: version, reserved, two titles, reserved; the items follow. */
const FIXED_BYTES = 68;
const ITEM = { application: 0x10, context: 0x20, abstract: 0x30, transfer: 0x40, user: 0x50, maxLength: 0x51 } as const;
const IMPLEMENTATION_UID_ITEM = 0x52;
/** Ids are odd bytes: 1, 3, … 255. */
const MAX_CONTEXTS = 128;
/** More syntaxes in one context than the standard has is no negotiation. */
const MAX_SYNTAXES = 128;

interface Item {
  readonly type: number;
  readonly value: Buffer;
}

/** @param body an A-ASSOCIATE-RQ without its 6 byte header. @throws InvalidPdu */
export function readAssociateRq(body: Buffer): AssociateRequest {
  if (body.length < FIXED_BYTES) throw new InvalidPdu('A-ASSOCIATE-RQ is shorter than its fixed part');
  const items = itemsOf(body.subarray(FIXED_BYTES));
  const user = items.find(({ type }) => type === ITEM.user);
  const userItems = user === undefined ? [] : itemsOf(user.value);
  return {
    protocolVersion: body.readUInt16BE(0),
    calledAe: titleOf(body.subarray(4, 20)),
    callingAe: titleOf(body.subarray(20, 36)),
    applicationContext: uidOf(valueOf(items, ITEM.application)),
    contexts: contextsOf(items),
    maxPduBytes: maxPduOf(valueOf(userItems, ITEM.maxLength)),
    implementationClassUid: uidOf(valueOf(userItems, IMPLEMENTATION_UID_ITEM)),
    echoed: Buffer.from(body.subarray(4, FIXED_BYTES)),
  };
}

/** @param body a P-DATA-TF without its header. @throws InvalidPdu */
export function readDataTf(body: Buffer): Pdv[] {
  const pdvs: Pdv[] = [];
  let at = 0;
  while (at < body.length) {
    if (at + 4 > body.length) throw new InvalidPdu('a PDV item is cut short');
    const length = body.readUInt32BE(at);
    const end = at + 4 + length;
    if (length < 2 || end > body.length) throw new InvalidPdu('a PDV item does not fit its P-DATA-TF');
    const control = body.readUInt8(at + 5);
    pdvs.push({
      contextId: body.readUInt8(at + 4),
      isCommand: (control & 1) === 1,
      isLast: (control & 2) === 2,
      bytes: body.subarray(at + 6, end),
    });
    at = end;
  }
  return pdvs;
}

/** Items of one level: type, reserved byte, 16 bit length, value. Types that are not known are kept and mean nothing here. */
function itemsOf(bytes: Buffer): Item[] {
  const items: Item[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) throw new InvalidPdu('an item is cut short');
    const end = at + 4 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) throw new InvalidPdu('an item is longer than what holds it');
    items.push({ type: bytes.readUInt8(at), value: bytes.subarray(at + 4, end) });
    at = end;
  }
  return items;
}

function contextsOf(items: readonly Item[]): ProposedContext[] {
  const contexts = items.filter(({ type }) => type === ITEM.context).map(({ value }) => contextOf(value));
  if (contexts.length > MAX_CONTEXTS) throw new InvalidPdu('more than 128 presentation contexts');
  if (new Set(contexts.map(({ id }) => id)).size !== contexts.length)
    throw new InvalidPdu('two presentation contexts share an id');
  return contexts;
}

function contextOf(value: Buffer): ProposedContext {
  if (value.length < 4) throw new InvalidPdu('a presentation context is cut short');
  const id = value.readUInt8(0);
  if (id % 2 === 0) throw new InvalidPdu('a presentation context has an even id');
  const items = itemsOf(value.subarray(4));
  const transferSyntaxes = items.filter(({ type }) => type === ITEM.transfer).map((item) => uidOf(item.value));
  if (transferSyntaxes.length > MAX_SYNTAXES) throw new InvalidPdu('a presentation context has too many syntaxes');
  return { id, abstractSyntax: uidOf(valueOf(items, ITEM.abstract)), transferSyntaxes };
}

const valueOf = (items: readonly Item[], type: number): Buffer =>
  items.find((item) => item.type === type)?.value ?? Buffer.alloc(0);

/** A peer that names no limit, or a broken one, is taken for one without: our own messages are short. */
const maxPduOf = (value: Buffer): number => (value.length === 4 ? value.readUInt32BE(0) : 0);

/** Padding is not part of a UID (PS3.8 Annex F pads none, some senders do). */
const uidOf = (value: Buffer): string => value.toString('latin1').replace(/[\0 ]+$/, '');

/** PS3.8 9.3.2: 16 characters, leading and trailing spaces without meaning; a NUL as padding is a frequent slip. */
const titleOf = (value: Buffer): string => value.toString('latin1').replace(/^ +|[\0 ]+$/g, '');
