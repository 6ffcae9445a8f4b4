/** PDU types of PS3.8 section 9.3 (edition 2024e). */
export const PDU = {
  associateRq: 0x01,
  associateAc: 0x02,
  associateRj: 0x03,
  dataTf: 0x04,
  releaseRq: 0x05,
  releaseRp: 0x06,
  abort: 0x07,
} as const;

/** Type, reserved byte, length: PS3.8 section 9.3.1. */
export const PDU_HEADER_BYTES = 6;
/** Length, context id, message control header: what a PDV costs beside its bytes (PS3.8 9.3.5.1). */
export const PDV_HEADER_BYTES = 6;

/** PS3.7 A.2.1. */
export const DICOM_APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';

/** One presentation context as the requestor proposes it (PS3.8 9.3.2.2). */
export interface ProposedContext {
  /** Odd, 1 to 255. */
  readonly id: number;
  readonly abstractSyntax: string;
  /** In the requestor's order. */
  readonly transferSyntaxes: readonly string[];
}

/** A-ASSOCIATE-RQ (PS3.8 9.3.2), user information as PS3.7 D.3.3. */
export interface AssociateRequest {
  readonly protocolVersion: number;
  /** Without leading and trailing spaces (PS3.8 9.3.2). */
  readonly calledAe: string;
  readonly callingAe: string;
  readonly applicationContext: string;
  readonly contexts: readonly ProposedContext[];
  /** Longest P-DATA-TF the requestor takes, in bytes after the header; 0 is "no limit". */
  readonly maxPduBytes: number;
  readonly implementationClassUid: string;
  /** Bytes 11 to 74 as sent: called and calling title and 32 reserved bytes, which the answer repeats untested (PS3.8 9.3.3). */
  readonly echoed: Buffer;
}

/** Result of one context (PS3.8 Table 9-18). */
export const CONTEXT_RESULT = {
  accepted: 0,
  userRejection: 1,
  abstractSyntaxUnsupported: 3,
  transferSyntaxesUnsupported: 4,
} as const;

export interface ContextAnswer {
  readonly id: number;
  readonly result: (typeof CONTEXT_RESULT)[keyof typeof CONTEXT_RESULT];
  readonly abstractSyntax: string;
  /** The one chosen; without meaning unless accepted. */
  readonly transferSyntax: string;
}

/** A-ASSOCIATE-RJ (PS3.8 Table 9-21): result 1 is permanent, 2 transient; source 1 is the user, 2 and 3 the provider. */
export interface Rejection {
  readonly result: 1 | 2;
  readonly source: 1 | 2 | 3;
  readonly reason: number;
}

export const REJECTION = {
  applicationContext: { result: 1, source: 1, reason: 2 },
  callingAe: { result: 1, source: 1, reason: 3 },
  calledAe: { result: 1, source: 1, reason: 7 },
  protocolVersion: { result: 1, source: 2, reason: 2 },
  congestion: { result: 2, source: 3, reason: 1 },
  localLimit: { result: 2, source: 3, reason: 2 },
} as const satisfies Readonly<Record<string, Rejection>>;

/** Why an A-ABORT of the provider (PS3.8 Table 9-26). */
export const ABORT_REASON = {
  notSpecified: 0,
  unrecognisedPdu: 1,
  unexpectedPdu: 2,
  invalidParameter: 6,
} as const;

/** One presentation data value (PS3.8 9.3.5.1 and Annex E.2). */
export interface Pdv {
  readonly contextId: number;
  readonly isCommand: boolean;
  readonly isLast: boolean;
  readonly bytes: Buffer;
}
