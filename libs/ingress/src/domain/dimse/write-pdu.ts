import type { AssociateRequest, ContextAnswer, Rejection } from './pdu-types.ts';
import { DICOM_APPLICATION_CONTEXT, PDU, PDU_HEADER_BYTES, PDV_HEADER_BYTES } from './pdu-types.ts';

/** Who we are, and the longest P-DATA-TF we take. */
export interface OwnUserInformation {
  readonly maxPduBytes: number;
  readonly implementationClassUid: string;
  readonly implementationVersionName: string;
}

function pdu(type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(PDU_HEADER_BYTES);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

function item(type: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const header = Buffer.alloc(4);
  header.writeUInt8(type, 0);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
}

const text = (value: string): Buffer => Buffer.from(value, 'latin1');

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/**
 * A-ASSOCIATE-AC (PS3.8 9.3.3). No asynchronous operations window and no role is answered: one outstanding operation, and the
 * requestor is the SCU (PS3.7 D.3.3.3 and D.3.3.4).
 */
export function associateAc(
  request: Pick<AssociateRequest, 'echoed'>,
  contexts: readonly ContextAnswer[],
  own: OwnUserInformation,
): Buffer {
  const version = Buffer.from([0, 1, 0, 0]);
  const answers = contexts.map(({ id, result, transferSyntax }) =>
    item(0x21, Buffer.from([id, 0, result, 0]), item(0x40, text(transferSyntax))),
  );
  const user = item(
    0x50,
    item(0x51, uint32(own.maxPduBytes)),
    item(0x52, text(own.implementationClassUid)),
    item(0x55, text(own.implementationVersionName)),
  );
  const application = item(0x10, text(DICOM_APPLICATION_CONTEXT));
  return pdu(PDU.associateAc, Buffer.concat([version, request.echoed, application, ...answers, user]));
}

/** A-ASSOCIATE-RJ (PS3.8 9.3.4). */
export function associateRj({ result, source, reason }: Rejection): Buffer {
  return pdu(PDU.associateRj, Buffer.from([0, result, source, reason]));
}

/** A-RELEASE-RP (PS3.8 9.3.7). */
export function releaseRp(): Buffer {
  return pdu(PDU.releaseRp, Buffer.alloc(4));
}

/** A-ABORT (PS3.8 9.3.8). Source 0 is the service user, and then the reason has no meaning; 2 is the provider. */
export function abort(source: 0 | 2, reason: number): Buffer {
  return pdu(PDU.abort, Buffer.from([0, 0, source, reason]));
}

/** A command set as P-DATA-TF PDUs that the peer takes: `peerMaxPduBytes` as it said, 0 for no limit. */
export function commandPdus(contextId: number, command: Buffer, peerMaxPduBytes: number): Buffer {
  const most = peerMaxPduBytes === 0 ? command.length : Math.max(2, peerMaxPduBytes - PDV_HEADER_BYTES);
  const pdus: Buffer[] = [];
  for (let at = 0; at < command.length; at += most) {
    const fragment = command.subarray(at, at + most);
    const isLast = at + most >= command.length;
    const control = Buffer.from([contextId, isLast ? 3 : 1]);
    pdus.push(pdu(PDU.dataTf, Buffer.concat([uint32(fragment.length + 2), control, fragment])));
  }
  return Buffer.concat(pdus);
}
