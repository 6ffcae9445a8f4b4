import { bytesOf, findElement } from './accessors.ts';
import { describePixels } from './describe-pixels.ts';
import { explainFinding } from './domain/explain-findings.ts';
import { measureDataset } from './domain/measure-dataset.ts';
import { withoutPadding } from './domain/padding.ts';
import { isDicomPreamble, sniffDicom, trimUid } from './domain/part10.ts';
import { sopClassName } from './domain/sop-classes.ts';
import { TAG } from './domain/tags.ts';
import { TRANSFER_SYNTAXES } from './domain/transfer-syntaxes.ts';
import { readAsFarAsPossible } from './read-as-far-as-possible.ts';
import type { NamedUid, ObjectDescription, SyntaxDescription } from './domain/description-types.ts';
import type { Dataset, Element, ReadOutcome } from './domain/types.ts';
import type { PartialRead } from './read-as-far-as-possible.ts';

/**
 * Explains a file to an administrator: how it is encoded, how large it is, what is irregular and why it was refused. Of
 * a refused file it says what can be read before the damage. Holds no value of a patient: of texts only defined terms,
 * of UIDs only those of classes and syntaxes.
 * @param outcome of `readDataset` for the same bytes
 */
export function describeObject(bytes: Buffer, outcome: ReadOutcome): ObjectDescription {
  const read = outcome.kind === 'read' ? wholeOf(outcome.dataset) : readAsFarAsPossible(bytes);
  const { dataset, complete } = read;
  return {
    kind: bytes.length === 0 ? 'empty' : sniffDicom(bytes),
    preamble: preambleOf(bytes),
    meta: metaOf(read.meta),
    transferSyntax: syntaxDescription(read),
    sopClass: dataset === undefined ? null : sopClassOf(dataset),
    characterSets: dataset === undefined ? [] : characterSetsOf(dataset, dataset.elements, new Set()),
    dataset: dataset !== undefined && complete ? measureDataset(dataset) : null,
    picture: dataset !== undefined && complete ? describePixels(dataset) : null,
    secondReader: secondReaderOf(outcome),
    findings: read.findings.map(explainFinding),
    offsetsIn: dataset?.encoding.deflated === true ? 'inflated' : 'file',
    rejection: outcome.kind === 'rejected' ? rejectionOf(outcome) : null,
  };
}

function wholeOf(dataset: Dataset): PartialRead {
  const { meta, findings, transferSyntax, bytes } = dataset;
  const stated = statedIn(bytes, meta);
  return { meta, stated, findings, dataset, complete: true, ...(stated === '' ? { inferred: transferSyntax } : {}) };
}

/** What group 0002 states, as it stands there. */
function statedIn(bytes: Buffer, meta: readonly Element[]): string {
  const element = meta.find(({ tag }) => tag === TAG.TransferSyntaxUid);
  return element === undefined ? '' : trimUid(bytes.toString('latin1', element.valueStart, element.valueEnd));
}

/** A preamble may hold the header of another file type, such as TIFF (PS3.10 7.1). */
function preambleOf(bytes: Buffer): ObjectDescription['preamble'] {
  if (!isDicomPreamble(bytes)) return 'absent';
  return bytes.subarray(0, 128).every((byte) => byte === 0) ? 'zeros' : 'other-content';
}

function metaOf(meta: readonly Element[]): ObjectDescription['meta'] {
  const [first, last] = [meta[0], meta.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { elements: meta.length, bytes: last.end - first.start };
}

function syntaxDescription({ stated, inferred }: PartialRead): SyntaxDescription | null {
  const uid = stated === '' ? (inferred ?? '') : stated;
  if (uid === '') return null;
  const known = TRANSFER_SYNTAXES.get(uid);
  const encoding = known?.encoding ?? { explicitVr: true, littleEndian: true, deflated: false, encapsulated: false };
  return { ...namedUid(uid, known?.name), stated: stated !== '', ...encoding, lossless: known?.lossless ?? null };
}

function sopClassOf(dataset: Dataset): NamedUid | null {
  const element = findElement(dataset, TAG.SopClassUid);
  if (element === undefined) return null;
  const uid = trimUid(bytesOf(dataset, element).toString('latin1'));
  return namedUid(uid, sopClassName(uid));
}

/** Vendors' class and syntax UIDs stay below this; generated instance UIDs, which point at a patient, are longer. */
const LONGEST_CLASS_UID = 32;

function namedUid(uid: string, name: string | undefined): NamedUid {
  if (name !== undefined) return { uid, name };
  const isShort = uid.length <= LONGEST_CLASS_UID && /^[0-2](\.\d+)+$/.test(uid);
  return { uid: isShort ? uid : '', name: 'unknown' };
}

/** Defined terms of PS3.3 C.12.1.1.2, and GBK; an empty first value means the default repertoire beside the others. */
const CHARACTER_SET = /^(ISO_IR \d{1,3}|ISO 2022 IR \d{1,3}|GB18030|GBK)$/;

function characterSetsOf(dataset: Dataset, elements: readonly Element[], found: Set<string>): readonly string[] {
  for (const element of elements) {
    if (element.tag === TAG.SpecificCharacterSet) {
      for (const term of bytesOf(dataset, element).toString('latin1').split('\\')) found.add(termOf(term));
    }
    for (const item of element.items ?? []) characterSetsOf(dataset, item.elements, found);
  }
  return [...found];
}

function termOf(term: string): string {
  const text = withoutPadding(term).trim();
  if (text === '') return 'default repertoire';
  return CHARACTER_SET.test(text) ? text : 'unrecognised';
}

function secondReaderOf(outcome: ReadOutcome): ObjectDescription['secondReader'] {
  if (outcome.kind === 'read') return 'agrees';
  return outcome.reason === 'disputed' ? 'disagrees' : 'not-asked';
}

function rejectionOf({ reason, detail, offset }: Extract<ReadOutcome, { kind: 'rejected' }>): {
  readonly reason: typeof reason;
  readonly detail: string;
  readonly offset: number;
} {
  return { reason, detail, offset };
}
