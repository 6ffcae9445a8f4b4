import {
  charsetsAt,
  numbersOf,
  readDataset,
  readIdentity,
  rewriteDataset,
  sniffDicom,
  stringsOf,
  textOf,
} from '@precedent/dicom';
import type { Dataset, Element, RewriteDecision } from '@precedent/dicom';
import type { Deidentifier } from '@precedent/deid';
import { describeImage } from '@precedent/imaging';
import { peerComplaint } from './peer-reader.ts';
import { complaintOf, unnamedDuplicate } from './tokens.ts';
import type { Complaint } from './tokens.ts';

/** A property that does not hold for a mutant. */
export interface Failure {
  readonly property: string;
  readonly detail: string;
}

export interface Verdict {
  /** For the table: `read`, or why not. */
  readonly outcome: string;
  readonly failures: readonly Failure[];
}

/** Bombs above this must be refused: far less than the default, so that thousands of them cost little. */
export const FUZZ_LIMITS = { maxInflatedBytes: 16 * 2 ** 20 };
const REASONS = new Set([
  'empty',
  'not-dicom',
  'truncated',
  'malformed',
  'unsupported-transfer-syntax',
  'limit-exceeded',
  'disputed',
]);
/** Numbers of longer values are pixels: one of them is as good as a million. */
const MAX_NUMBERS_BYTES = 4096;

type Deid = Pick<Deidentifier, 'deidentifyObject'>;

/** All properties of one mutant. Nothing it calls may throw; what does is a failure of that property. */
export async function checkParse(
  bytes: Buffer,
  deidentifier: Deid,
  read: typeof readDataset = readDataset,
): Promise<Verdict> {
  const failures: Failure[] = [];
  const holds = async (property: string, check: () => Complaint | Promise<Complaint>): Promise<void> => {
    const detail = await complaintFrom(check);
    if (detail !== undefined) failures.push({ property, detail });
  };
  let dataset: Dataset | undefined;
  let outcome = 'threw';
  await holds('reading ends in a typed outcome', () => {
    const result = read(bytes, FUZZ_LIMITS);
    outcome = result.kind === 'read' ? 'read' : result.reason;
    if (result.kind === 'read') dataset = result.dataset;
    return result.kind === 'read' ? undefined : rejectionComplaint(result);
  });
  await holds('the head is read or refused', () => headComplaint(bytes, dataset));
  await holds('de-identification never throws', () => deidComplaint(bytes, deidentifier));
  if (dataset !== undefined)
    for (const [property, check] of Object.entries(OF_READ)) await holds(property, () => check(dataset as Dataset));
  return { outcome, failures };
}

async function complaintFrom(check: () => Complaint | Promise<Complaint>): Promise<Complaint> {
  try {
    return await check();
  } catch (fault) {
    return `threw ${fault instanceof Error ? (fault.stack ?? fault.message).split('\n').slice(0, 4).join(' | ') : String(fault)}`;
  }
}

const OF_READ: Readonly<Record<string, (dataset: Dataset) => Complaint>> = {
  'every byte lies in one token': complaintOf,
  'a doubled tag is named': unnamedDuplicate,
  'disagreement of readers is disputed': peerComplaint,
  'keeping all gives the same bytes': (dataset) => identityComplaint(dataset, () => ({ kind: 'keep' })),
  'recursing into all gives the same bytes': (dataset) =>
    identityComplaint(dataset, ({ items }) => ({ kind: items === undefined ? 'keep' : 'recurse' })),
  'values are read without a throw': valuesComplaint,
};

function rejectionComplaint({ reason, detail, offset }: { reason: string; detail: string; offset: number }): Complaint {
  if (!REASONS.has(reason)) return `unknown reason ${reason}`;
  if (!Number.isSafeInteger(offset) || offset < 0) return `offset ${offset}`;
  // Our sentences are ASCII; anything else came out of the file.
  return /^[ -~]{10,200}$/.test(detail) ? undefined : 'the sentence is none of ours';
}

/** What the door reads of an object's head must be what the whole object says. */
function headComplaint(bytes: Buffer, dataset: Dataset | undefined): Complaint {
  sniffDicom(bytes);
  const identity = readIdentity(bytes);
  if (identity.kind === 'unidentified' || dataset === undefined) return undefined;
  const { sopInstanceUid, transferSyntax } = identity.identity;
  if (transferSyntax !== dataset.transferSyntax)
    return `transfer syntax ${transferSyntax} in the head, ${dataset.transferSyntax} in the whole`;
  const whole = stringsOf(dataset, 0x00080018)[0] ?? '';
  return whole === sopInstanceUid ? undefined : 'another SOP Instance UID in the head than in the whole';
}

/** The de-identifier turns a throw into an outcome that says so: that sentence is the failure. */
async function deidComplaint(bytes: Buffer, deidentifier: Deid): Promise<Complaint> {
  const outcome = await deidentifier.deidentifyObject(bytes);
  if (outcome.kind === 'deidentified')
    return readDataset(outcome.bytes).kind === 'read' ? undefined : 'its output is not read';
  return /could not be (rewritten|read again)/.test(outcome.detail) ? outcome.detail : undefined;
}

function identityComplaint(dataset: Dataset, decide: RewriteDecision): Complaint {
  const again = readDataset(rewriteDataset(dataset, decide), FUZZ_LIMITS);
  if (again.kind === 'rejected') return `rewritten, then refused: ${again.reason}`;
  const before = dataset.bytes.subarray(dataset.start, dataset.end);
  const after = again.dataset.bytes.subarray(again.dataset.start, again.dataset.end);
  return before.equals(after) && again.dataset.transferSyntax === dataset.transferSyntax ? undefined : 'other bytes';
}

function valuesComplaint(dataset: Dataset): Complaint {
  describeImage(dataset);
  const walk = (elements: readonly Element[]): void => {
    for (const element of elements) {
      textOf(dataset, element);
      stringsOf(dataset, element);
      if (element.valueEnd - element.valueStart <= MAX_NUMBERS_BYTES) numbersOf(dataset, element);
      (element.items ?? []).forEach((item, i) => {
        charsetsAt(dataset, [{ tag: element.tag, item: i }]);
        walk(item.elements);
      });
    }
  };
  walk(dataset.elements);
  return undefined;
}
