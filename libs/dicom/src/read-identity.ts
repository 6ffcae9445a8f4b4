import { constants, inflateRawSync } from 'node:zlib';
import { readLimits } from './domain/limits.ts';
import { trimUid } from './domain/part10.ts';
import { ReadFault } from './domain/read-fault.ts';
import { tagOf } from './domain/dictionary.ts';
import { Tokeniser } from './domain/tokenise.ts';
import type { Element, Finding, RejectReason } from './domain/types.ts';
import { findStart, syntaxOf } from './read-dataset.ts';

/** The four UIDs that say what an instance is and where it belongs. Identified: they are the source's own. */
export interface InstanceIdentity {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly transferSyntax: string;
}

export type IdentityOutcome =
  | { readonly kind: 'identified'; readonly identity: InstanceIdentity }
  | { readonly kind: 'unidentified'; readonly reason: RejectReason | 'missing-identity'; readonly detail: string };

const LAST_TAG = tagOf('SeriesInstanceUID');
/** An inflated head larger than this is not a header. */
const MAX_INFLATED_HEAD = 16 * 1024 * 1024;
/** PS3.5 9.1. */
const UID = /^[0-9.]{1,64}$/;

/**
 * Reads an instance's identity from the first bytes of its file (1 MiB is far more than real headers take up to group 0020),
 * so that a door need not hold a whole object in memory. Pixel Data is never reached.
 */
export function readIdentity(head: Buffer): IdentityOutcome {
  try {
    return identityOf(head);
  } catch (fault) {
    if (!(fault instanceof ReadFault)) throw fault;
    return { kind: 'unidentified', reason: fault.reason, detail: fault.message };
  }
}

function identityOf(head: Buffer): IdentityOutcome {
  if (head.length === 0) throw new ReadFault('empty', 'The file holds no bytes: ask the sender for it again.', 0);
  const findings: Finding[] = [];
  const meta = new Tokeniser(head, readLimits(), findings).readMeta(findStart(head, findings));
  const syntax = syntaxOf(head, meta.elements, meta.end);
  const { explicitVr, littleEndian, deflated } = syntax.encoding;
  const plain = deflated ? inflatedHead(head.subarray(meta.end)) : head.subarray(meta.end);
  const { elements } = new Tokeniser(plain, readLimits(), findings).readDataset(0, explicitVr, littleEndian, LAST_TAG);
  const uid = (keyword: string): string => uidOf(plain, elements, keyword);
  const identity = {
    sopClassUid: uid('SOPClassUID'),
    sopInstanceUid: uid('SOPInstanceUID'),
    studyInstanceUid: uid('StudyInstanceUID'),
    seriesInstanceUid: uid('SeriesInstanceUID'),
    transferSyntax: syntax.uid,
  };
  const complete = [identity.sopInstanceUid, identity.studyInstanceUid, identity.seriesInstanceUid].every((u) =>
    UID.test(u),
  );
  if (complete) return { kind: 'identified', identity };
  const detail =
    'A study, series or SOP Instance UID is missing or not a UID: have the sender fill them in and send again.';
  return { kind: 'unidentified', reason: 'missing-identity', detail };
}

function uidOf(bytes: Buffer, elements: readonly Element[], keyword: string): string {
  const element = elements.find(({ tag }) => tag === tagOf(keyword));
  return element === undefined ? '' : trimUid(bytes.toString('latin1', element.valueStart, element.valueEnd));
}

function inflatedHead(deflated: Buffer): Buffer {
  try {
    return inflateRawSync(deflated, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_INFLATED_HEAD });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const detail = tooLarge
      ? 'The deflated header grows beyond any real one.'
      : 'The deflated data set cannot be inflated.';
    throw new ReadFault(tooLarge ? 'limit-exceeded' : 'malformed', detail, 0);
  }
}
