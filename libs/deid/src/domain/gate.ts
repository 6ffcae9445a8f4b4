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
  /** Without `picture`: a report, a presentation state, a plan... */
  | { readonly kind: 'admitted'; readonly iod: Iod; readonly picture?: Element }
  | ({ readonly kind: 'refused' } & Refusal);

/** Pixel Data, Float Pixel Data, Double Float Pixel Data (PS3.3 C.7.6.3, C.7.6.24, C.7.6.25). */
const PICTURE_TAGS = new Set([0x7fe00010, 0x7fe00008, 0x7fe00009]);

const SOP_CLASS = 0x00080016;
const ENCAPSULATED_DOCUMENT = 0x00420011;
const DIRECTORY_RECORDS = 0x00041220;
const MEDIA_STORAGE_CLASS = 0x00020002;
const DIRECTORY_CLASS = '1.2.840.10008.1.3.10';

/** Contents that no rule can read: whole documents, a voice, a face as a surface of triangles. By the names of their IODs. */
const DOCUMENT_IOD = /^encapsulated-/;
const VOICE_IOD = /^(?:basic-voice|general)-audio-waveform$/;
const SURFACE_IOD = /^surface-/;
/** MPEG-2, MPEG-4 AVC and HEVC (PS3.5 A.4.5 to A.4.12), SMPTE ST 2110. */
const VIDEO_SYNTAX = /^1\.2\.840\.10008\.1\.2\.(?:4\.10[0-8](?:\.1)?|7\.[1-3])$/;

/**
 * Lets through objects of a known kind that two readers see alike and whose content the rules decide. Everything else is
 * refused with a reason: what is not understood is not passed on.
 */
export function admit(dataset: Dataset): Admission {
  if (dataset.findings.some(({ code }) => code === 'duplicate-tag' || code === 'readers-disagree'))
    return refused('disputed', 'An attribute stands in the object twice: have the sender check how it writes it.');
  if (isDirectory(dataset)) return refused('dicomdir', DIRECTORY_DETAIL);
  const sopClass = asciiAt(dataset, dataset.elements, SOP_CLASS);
  const iod = iodOf(sopClass);
  const content = contentRefusal(dataset, iod);
  if (content !== undefined) return content;
  if (iod === undefined)
    return refused('unsupported-sop-class', 'The SOP class is none of the storage classes of the 2024e edition.');
  const picture = dataset.elements.find(({ tag }) => PICTURE_TAGS.has(tag));
  if (picture === undefined) return { kind: 'admitted', iod };
  if (!hasPlausibleSize(dataset, picture))
    return refused('malformed', 'Pixel Data is longer or shorter than rows, columns, frames and samples say.');
  return { kind: 'admitted', iod, picture };
}

const DIRECTORY_DETAIL =
  'The directory of a medium: it names patients and points to files by name. Make a new one of the de-identified files.';

function isDirectory({ bytes, meta, elements }: Dataset): boolean {
  const stated = elementOf(meta, MEDIA_STORAGE_CLASS);
  const sopClass = stated === undefined ? '' : bytes.toString('latin1', stated.valueStart, stated.valueEnd);
  return sopClass.startsWith(DIRECTORY_CLASS) || elementOf(elements, DIRECTORY_RECORDS) !== undefined;
}

/** What lies inside is no attribute, so no rule of Annex E reaches it (PS3.15 E.3.4 on encapsulated documents). */
function contentRefusal(dataset: Dataset, iod: Iod | undefined): Admission | undefined {
  const name = iod?.name ?? '';
  if (DOCUMENT_IOD.test(name) || elementOf(dataset.elements, ENCAPSULATED_DOCUMENT) !== undefined)
    return refused(
      'encapsulated-document',
      'A document (PDF, CDA, STL, OBJ) inside an object cannot be cleaned: have the report sent as SR or text, or reject it.',
    );
  if (VOICE_IOD.test(name))
    return refused('audio-or-video', 'A voice identifies and cannot be cleaned: have it transcribed, or reject it.');
  if (VIDEO_SYNTAX.test(dataset.transferSyntax))
    return refused(
      'audio-or-video',
      'Video cannot be cleaned frame by frame: have the sender send it as multi-frame images, or reject it.',
    );
  if (SURFACE_IOD.test(name))
    return refused(
      'surface-model',
      'A surface may show a face and cannot be checked: have the segmentation sent as SEG, or reject it.',
    );
  return undefined;
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
