/** Command sets: implicit VR little endian, group 0000 (PS3.7 section 6.3.1 and Annex E). */

export const COMMAND = { storeRq: 0x0001, echoRq: 0x0030, cancelRq: 0x0fff } as const;
/** A response has the field of its request with the highest bit set (PS3.7 Annex E.1). */
const RESPONSE = 0x8000;
/** Command Data Set Type: no data set (PS3.7 Annex E.1); anything else says that one follows. */
const NO_DATA_SET = 0x0101;

/** Statuses of PS3.7 Annex C and PS3.4 Table B.2-1. */
export const STATUS = {
  success: 0x0000,
  unrecognisedOperation: 0x0211,
  sopClassNotSupported: 0x0122,
  outOfResources: 0xa700,
} as const;
export type Status = (typeof STATUS)[keyof typeof STATUS];

/** A request as its command set says it. UIDs are what the sender claims. */
export interface Command {
  readonly field: number;
  readonly messageId: number;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly hasDataSet: boolean;
}

const TAG = {
  groupLength: 0x0000,
  affectedSopClass: 0x0002,
  commandField: 0x0100,
  messageId: 0x0110,
  respondedTo: 0x0120,
  dataSetType: 0x0800,
  status: 0x0900,
  affectedSopInstance: 0x1000,
} as const;

/** @returns null for bytes that are no command set, or one without command field or message id. */
export function readCommand(bytes: Buffer): Command | null {
  const values = elementsOf(bytes);
  const field = uint16(values?.get(TAG.commandField));
  const messageId = uint16(values?.get(TAG.messageId));
  if (values === null || field === null) return null;
  // A response or C-CANCEL-RQ has no message id of its own.
  if (messageId === null && field !== COMMAND.cancelRq && field < RESPONSE) return null;
  return {
    field,
    messageId: messageId ?? 0,
    sopClassUid: uid(values.get(TAG.affectedSopClass)),
    sopInstanceUid: uid(values.get(TAG.affectedSopInstance)),
    hasDataSet: (uint16(values.get(TAG.dataSetType)) ?? NO_DATA_SET) !== NO_DATA_SET,
  };
}

/** The response to a request (PS3.7 9.3.1.2 and 9.3.5.2). */
export function responseTo(command: Command, status: Status): Buffer {
  const elements = [
    ...(command.sopClassUid === '' ? [] : [element(TAG.affectedSopClass, uidBytes(command.sopClassUid))]),
    element(TAG.commandField, us(command.field | RESPONSE)),
    element(TAG.respondedTo, us(command.messageId)),
    element(TAG.dataSetType, us(NO_DATA_SET)),
    element(TAG.status, us(status)),
    ...(command.sopInstanceUid === '' ? [] : [element(TAG.affectedSopInstance, uidBytes(command.sopInstanceUid))]),
  ];
  const body = Buffer.concat(elements);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([element(TAG.groupLength, length), body]);
}

export const isResponse = ({ field }: Command): boolean => field >= RESPONSE;

/** Elements of group 0000 by element number; null when the bytes do not add up. */
function elementsOf(bytes: Buffer): Map<number, Buffer> | null {
  const values = new Map<number, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    if (at + 8 > bytes.length || bytes.readUInt16LE(at) !== 0) return null;
    const end = at + 8 + bytes.readUInt32LE(at + 4);
    if (end > bytes.length) return null;
    values.set(bytes.readUInt16LE(at + 2), bytes.subarray(at + 8, end));
    at = end;
  }
  return values;
}

const uint16 = (value: Buffer | undefined): number | null =>
  value === undefined || value.length < 2 ? null : value.readUInt16LE(0);

/** At most 64 bytes (PS3.5 9.1): what is longer is no UID, and is not repeated in an answer. */
function uid(value: Buffer | undefined): string {
  const text = (value ?? Buffer.alloc(0)).toString('latin1').replace(/[\0 ]+$/, '');
  return /^[0-9.]{1,64}$/.test(text) ? text : '';
}

function us(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

/** Padded to even length with a NUL (PS3.5 9.1). */
const uidBytes = (value: string): Buffer => Buffer.from(value.length % 2 === 0 ? value : `${value}\0`, 'latin1');

export function element(number: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}
