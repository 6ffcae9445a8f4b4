import { inflateDataset } from './adapters/inflate.ts';
import { findDisagreement } from './adapters/second-reader.ts';
import { readLimits } from './domain/limits.ts';
import { inferSyntax, isDicomPreamble, PREAMBLE_BYTES, trimUid } from './domain/part10.ts';
import { ReadFault } from './domain/read-fault.ts';
import { TAG } from './domain/tags.ts';
import { Tokeniser } from './domain/tokenise.ts';
import { TRANSFER_SYNTAXES } from './domain/transfer-syntaxes.ts';
import type { TransferSyntax } from './domain/transfer-syntaxes.ts';
import type { Dataset, Element, Finding, ReadLimits, ReadOutcome } from './domain/types.ts';

/**
 * Reads a DICOM file, or a bare data set, as byte ranges, with two readers: the room's tokeniser and dicom-parser. Where
 * they disagree the file is `disputed` and must not be used: one of them would miss something.
 * Never throws for what is in the bytes. Holds on to `bytes`; values are not copied (deflated files excepted).
 */
export function readDataset(bytes: Buffer, limits: Partial<ReadLimits> = {}): ReadOutcome {
  try {
    const dataset = tokenise(bytes, { ...readLimits(), ...limits });
    const disagreement = findDisagreement(dataset);
    if (disagreement === undefined) return { kind: 'read', dataset };
    const detail =
      'Two independent readers see different elements in this file: have the sender check how it writes it.';
    return { kind: 'rejected', reason: 'disputed', detail, offset: disagreement.offset };
  } catch (fault) {
    if (!(fault instanceof ReadFault)) throw fault;
    return { kind: 'rejected', reason: fault.reason, detail: fault.message, offset: fault.offset };
  }
}

function tokenise(bytes: Buffer, limits: ReadLimits): Dataset {
  if (bytes.length === 0) throw new ReadFault('empty', 'The file holds no bytes: ask the sender for it again.', 0);
  const findings: Finding[] = [];
  const metaStart = findStart(bytes, findings);
  const meta = new Tokeniser(bytes, limits, findings).readMeta(metaStart);
  checkMeta(bytes, meta.elements, meta.end, findings);
  const syntax = syntaxOf(bytes, meta.elements, meta.end);
  const plain = syntax.encoding.deflated ? inflate(bytes, meta.end, limits, findings) : bytes;
  const { explicitVr, littleEndian } = syntax.encoding;
  const run = new Tokeniser(plain, limits, findings).readDataset(meta.end, explicitVr, littleEndian);
  if (run.elements.length === 0) {
    throw new ReadFault('empty', 'The file holds no data set: ask the sender for it again.', meta.end);
  }
  const { uid: transferSyntax, encoding } = syntax;
  const { elements, end } = run;
  return { bytes: plain, transferSyntax, encoding, meta: meta.elements, elements, start: meta.end, end, findings };
}

export function findStart(bytes: Buffer, findings: Finding[]): number {
  if (isDicomPreamble(bytes)) return PREAMBLE_BYTES;
  if (inferSyntax(bytes, 0) === undefined) {
    throw new ReadFault('not-dicom', 'No DICM mark and no data set at the start: this is not a DICOM file.', 0);
  }
  findings.push({ code: 'no-preamble', offset: 0 });
  return 0;
}

function checkMeta(bytes: Buffer, meta: readonly Element[], end: number, findings: Finding[]): void {
  if (meta.length === 0) findings.push({ code: 'no-meta', offset: end });
  const first = meta[0];
  if (first?.tag !== TAG.MetaGroupLength || first.valueEnd - first.valueStart !== 4) return;
  if (first.end + bytes.readUInt32LE(first.valueStart) !== end) {
    findings.push({ code: 'length-mismatch', offset: first.start, tag: first.tag });
  }
}

export function syntaxOf(bytes: Buffer, meta: readonly Element[], start: number): TransferSyntax {
  const uid = statedSyntax(bytes, meta) ?? inferSyntax(bytes, start);
  if (uid === undefined) {
    throw new ReadFault('malformed', 'No transfer syntax is stated and none can be told from the data set.', start);
  }
  const syntax = TRANSFER_SYNTAXES.get(uid);
  if (syntax !== undefined) return syntax;
  throw new ReadFault('unsupported-transfer-syntax', 'The transfer syntax is none of those that are read.', start);
}

function statedSyntax(bytes: Buffer, meta: readonly Element[]): string | undefined {
  const stated = meta.filter(({ tag }) => tag === TAG.TransferSyntaxUid);
  const uids = new Set(stated.map((e) => trimUid(bytes.toString('latin1', e.valueStart, e.valueEnd))));
  // Readers that keep the first and readers that keep the last would see different objects.
  if (uids.size > 1) throw new ReadFault('malformed', 'Two transfer syntaxes are stated.', stated[1]?.start ?? 0);
  const [uid = ''] = uids;
  return uid === '' ? undefined : uid;
}

function inflate(bytes: Buffer, start: number, limits: ReadLimits, findings: Finding[]): Buffer {
  const { bytes: inflated, consumed } = inflateDataset(bytes.subarray(start), limits.maxInflatedBytes, start);
  const rest = bytes.subarray(start + consumed);
  // One zero pads the stream to an even length (PS3.5 A.5); more is not part of it.
  if (rest.length > 1 || (rest[0] ?? 0) !== 0) findings.push({ code: 'trailing-bytes', offset: start + consumed });
  return Buffer.concat([bytes.subarray(0, start), inflated]);
}
