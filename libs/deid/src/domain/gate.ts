import type { Dataset, Element } from '@precedent/dicom';
import { numbersOf } from '@precedent/dicom';
import type { QuarantineReason } from './types.ts';
import { iodOf } from './table.ts';
import type { Iod } from './table.ts';
import { asciiAt, elementOf } from './values.ts';

/** Why an object cannot be treated at this stage, with what a steward can do. */
export interface Refusal {
  readonly reason: QuarantineReason;
  readonly detail: string;
}

export type Admission =
  | { readonly kind: 'admitted'; readonly iod: Iod; readonly picture: Element }
  | ({ readonly kind: 'refused' } & Refusal);

/** Pixel Data, Float Pixel Data, Double Float Pixel Data (PS3.3 C.7.6.3, C.7.6.24, C.7.6.25). */
const PICTURE_TAGS = new Set([0x7fe00010, 0x7fe00008, 0x7fe00009]);

const SOP_CLASS = 0x00080016;
const ENCAPSULATED_DOCUMENT = 0x00420011;

/**
 * Lets through images of a known kind that two readers see alike. Everything else is refused with a reason: what is
 * not understood is not passed on.
 */
export function admit(dataset: Dataset): Admission {
  if (dataset.findings.some(({ code }) => code === 'duplicate-tag' || code === 'readers-disagree'))
    return refused('disputed', 'An attribute stands in the object twice: have the sender check how it writes it.');
  const iod = iodOf(asciiAt(dataset, dataset.elements, SOP_CLASS));
  const picture = dataset.elements.find(({ tag }) => PICTURE_TAGS.has(tag));
  if (picture === undefined || elementOf(dataset.elements, ENCAPSULATED_DOCUMENT) !== undefined)
    return refused(
      'not-an-image',
      'Reports, documents and other objects without a picture are not handled at this stage.',
    );
  if (iod === undefined)
    return refused('unsupported-sop-class', 'The SOP class is none of the storage classes of the 2024e edition.');
  if (!hasPlausibleSize(dataset, picture))
    return refused('malformed', 'Pixel Data is longer or shorter than rows, columns, frames and samples say.');
  return { kind: 'admitted', iod, picture };
}

function refused(reason: QuarantineReason, detail: string): Admission {
  return { kind: 'refused', reason, detail };
}

/** Native Pixel Data longer than its picture may hide anything behind it (4:2:2 has two samples a pixel, not three). */
function hasPlausibleSize(dataset: Dataset, picture: Element): boolean {
  const size = (tag: number, absent: number): number => numbersOf(dataset, tag)[0] ?? absent;
  const rows = size(0x00280010, 0);
  const columns = size(0x00280011, 0);
  if (!(rows > 0 && columns > 0)) return false;
  if (picture.fragments !== undefined || picture.tag !== 0x7fe00010) return true;
  const subsampled = asciiAt(dataset, dataset.elements, 0x00280004).endsWith('_422');
  const samples = subsampled ? 2 : size(0x00280002, 1);
  const bits = rows * columns * size(0x00280008, 1) * samples * size(0x00280100, 8);
  const expected = Math.ceil(bits / 8);
  const actual = picture.valueEnd - picture.valueStart;
  return actual === expected || actual === expected + (expected % 2);
}
