import { createRequire } from 'node:module';
import { bytesOf } from '@precedent/dicom';
import type { Dataset, Element } from '@precedent/dicom';
import type * as DicomParser from 'dicom-parser';
import type { Complaint } from './tokens.ts';

const peer = createRequire(import.meta.url)('dicom-parser') as typeof DicomParser;

/** VRs that dicom-parser 1.8.21 reads with a 16-bit length: the product allows for that, a plain use of the library cannot. */
const UNKNOWN_TO_PEER = new Set(['OV', 'SV', 'UV']);
/** Findings that say by themselves that other software may see something else. */
const SAID = new Set(['no-preamble', 'no-meta', 'trailing-bytes', 'unknown-vr']);
const GE_PRIVATE = '1.2.840.113619.5.2';

function isComparable(dataset: Dataset): boolean {
  const { encoding, transferSyntax, findings, elements, meta } = dataset;
  if (encoding.deflated || transferSyntax === GE_PRIVATE || findings.some(({ code }) => SAID.has(code))) return false;
  // Where the syntax is inferred or padded with spaces, it takes explicit VR little endian for granted.
  const stated = meta.filter(({ tag }) => tag === 0x00020010);
  if (stated.length === 0 || stated.some((one) => uidOf(dataset, one) !== transferSyntax)) return false;
  // To find the end of group 0002 it reads one element further, in little endian whatever the syntax: a sequence there fails.
  if (!encoding.littleEndian && elements[0]?.vr === 'SQ') return false;
  return encoding.explicitVr && !holdsUnknown(elements);
}

/** As it does: up to the first NUL, spaces kept. */
function uidOf(dataset: Dataset, element: Element): string | undefined {
  return bytesOf(dataset, element).toString('latin1').split('\0')[0];
}

function holdsUnknown(elements: readonly Element[]): boolean {
  return elements.some(
    ({ vr, items = [] }) => UNKNOWN_TO_PEER.has(vr) || items.some((item) => holdsUnknown(item.elements)),
  );
}

/**
 * An object that we accept must be read alike by dicom-parser as anyone would call it on the whole file (explicit VR): where
 * the two differ it should have been `disputed`.
 */
export function peerComplaint(dataset: Dataset): Complaint {
  if (!isComparable(dataset)) return undefined;
  try {
    const theirs = peer.parseDicom(dataset.bytes);
    return levelDiffers(dataset.elements, theirs);
  } catch {
    return 'accepted, though dicom-parser fails on it';
  }
}

function levelDiffers(elements: readonly Element[], theirs: DicomParser.DataSet): Complaint {
  // It merges group 0002 into the data set and lists the delimiter of an item among its elements.
  const ours = elements.filter(({ tag }) => tag >>> 16 !== 0x0002);
  const last = new Map(ours.map((element) => [`x${element.tag.toString(16).padStart(8, '0')}`, element]));
  const keys = Object.keys(theirs.elements).filter((key) => key !== 'xfffee00d' && !key.startsWith('x0002'));
  const extra = keys.find((key) => !last.has(key));
  if (extra !== undefined) return `accepted, though dicom-parser sees ${extra} too`;
  for (const [key, element] of last) {
    const other = theirs.elements[key];
    if (other?.dataOffset !== element.valueStart)
      return `accepted, though dicom-parser has ${key} elsewhere or not at all`;
    const complaint = itemsDiffer(element, other, key);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

function itemsDiffer({ vr, items }: Element, other: DicomParser.Element, key: string): Complaint {
  // Private sequences of undefined length it reads and throws away; inside UN it guesses.
  if (vr !== 'SQ' || items === undefined || other.items === undefined) return undefined;
  if (items.length !== other.items.length) return `accepted, though dicom-parser counts other items in ${key}`;
  for (const [i, item] of items.entries()) {
    const inner = other.items[i]?.dataSet;
    const complaint = inner === undefined ? undefined : levelDiffers(item.elements, inner);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}
