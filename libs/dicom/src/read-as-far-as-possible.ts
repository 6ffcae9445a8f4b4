import { readLimits } from './domain/limits.ts';
import { trimUid } from './domain/part10.ts';
import { ReadFault } from './domain/read-fault.ts';
import { TAG } from './domain/tags.ts';
import { Tokeniser } from './domain/tokenise.ts';
import { findStart, syntaxOf } from './read-dataset.ts';
import type { TransferSyntax } from './domain/transfer-syntaxes.ts';
import type { Dataset, Element, Finding, Tag } from './domain/types.ts';

/** What is known of a file, a damaged one as well. */
export interface PartialRead {
  readonly meta: readonly Element[];
  /** Transfer syntax UID as group 0002 states it; empty where it does not. */
  readonly stated: string;
  /** Transfer syntax UID told from the bytes, where none is stated. */
  readonly inferred?: string;
  readonly findings: readonly Finding[];
  readonly dataset?: Dataset;
  /** Whether the data set was read to its end. */
  readonly complete: boolean;
}

/** Character set and SOP class stand before any damage in nearly every damaged file. */
const LAST_OF_HEAD: Tag = TAG.SopClassUid;
const EVERYTHING: Tag = 0xffffffff;

/**
 * Reads a file that `readDataset` has refused, for its description only: nothing that comes from here may be used as an
 * object. Deflated data sets are not inflated again.
 */
export function readAsFarAsPossible(bytes: Buffer): PartialRead {
  const findings: Finding[] = [];
  const meta = attempt(() => new Tokeniser(bytes, readLimits(), findings).readMeta(findStart(bytes, findings)));
  if (meta === undefined) return { meta: [], stated: '', findings, complete: false };
  const stated = statedOnce(bytes, meta.elements);
  const syntax = attempt(() => syntaxOf(bytes, meta.elements, meta.end));
  const known = { meta: meta.elements, stated, findings, ...(stated === '' && syntax ? { inferred: syntax.uid } : {}) };
  if (syntax === undefined || syntax.encoding.deflated) return { ...known, complete: false };
  const place = { bytes, syntax, meta: meta.elements, start: meta.end };
  const whole = attempt(() => datasetUpTo(EVERYTHING, place, findings));
  if (whole !== undefined) return { ...known, dataset: whole, complete: true };
  const head = attempt(() => datasetUpTo(LAST_OF_HEAD, place, []));
  return { ...known, ...(head === undefined ? {} : { dataset: head }), complete: false };
}

/** Empty as well where two differ. */
function statedOnce(bytes: Buffer, meta: readonly Element[]): string {
  const stated = meta.filter(({ tag }) => tag === TAG.TransferSyntaxUid);
  const uids = new Set(stated.map((e) => trimUid(bytes.toString('latin1', e.valueStart, e.valueEnd))));
  return uids.size === 1 ? ([...uids][0] ?? '') : '';
}

interface Place {
  readonly bytes: Buffer;
  readonly syntax: TransferSyntax;
  readonly meta: readonly Element[];
  readonly start: number;
}

function datasetUpTo(last: Tag, { bytes, syntax, meta, start }: Place, findings: Finding[]): Dataset {
  const { explicitVr, littleEndian } = syntax.encoding;
  const { elements, end } = new Tokeniser(bytes, readLimits(), findings).readDataset(
    start,
    explicitVr,
    littleEndian,
    last,
  );
  return { bytes, transferSyntax: syntax.uid, encoding: syntax.encoding, meta, elements, start, end, findings };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (fault) {
    if (fault instanceof ReadFault) return undefined;
    throw fault;
  }
}
