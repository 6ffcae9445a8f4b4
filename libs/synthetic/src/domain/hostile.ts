import type { Finding, NewElement, RejectReason } from '@precedent/dicom';
import type { ImageFailure } from '@precedent/imaging';
import { PlantedElements } from './objects/planted.ts';
import { uidNamed } from './random.ts';

/** How a bad input must end, at the first room that sees it. */
export type HostileEnd =
  /** `readDataset` refuses it. */
  | { readonly kind: 'rejected'; readonly reasons: readonly RejectReason[] }
  /** It is read, and the irregularity is named. */
  | { readonly kind: 'read-with-finding'; readonly code: Finding['code'] }
  /** It is read, but its pixels cannot be shown. */
  | { readonly kind: 'no-picture'; readonly reasons: readonly ImageFailure[] }
  /** It is a media directory: `sniffDicom` says so, and it is no image. */
  | { readonly kind: 'dicomdir' };

/** One bad input on disk. */
export interface HostileObject {
  readonly name: string;
  readonly path: string;
  readonly expected: HostileEnd;
}

const CT = '1.2.840.10008.5.1.4.1.1.2';
const SIDE = 8;

/** What differs from a plain small CT image. */
export interface SmallImage {
  readonly sopClass?: string;
  readonly rows?: number;
  readonly columns?: number;
  readonly frames?: number;
  /** Native pixel bytes, or fragments with the offset table first; without either there is no Pixel Data. */
  readonly pixels?: Buffer | readonly Buffer[];
}

/** A valid CT image of 8 × 8 pixels, changed as asked. */
export function smallImage(seed: number, name: string, change: SmallImage = {}): readonly NewElement[] {
  const { sopClass = CT, rows = SIDE, columns = SIDE, frames, pixels } = change;
  const elements = new PlantedElements(['ISO_IR 100'])
    .text('SpecificCharacterSet', 'ISO_IR 100')
    .text('SOPClassUID', sopClass)
    .text('SOPInstanceUID', uidNamed(seed, 'hostile', name))
    .text('StudyInstanceUID', uidNamed(seed, 'hostile study'))
    .text('SeriesInstanceUID', uidNamed(seed, 'hostile series', name))
    .text('Modality', sopClass === CT ? 'CT' : 'SR')
    .text('PatientName', `Hostile^${name}`)
    .text('PatientID', `HOSTILE-${seed}`)
    .text('StudyDate', '20200101');
  if (frames !== undefined) elements.text('NumberOfFrames', frames);
  if (pixels === undefined) return elements.elements;
  elements
    .numbers('SamplesPerPixel', 1)
    .text('PhotometricInterpretation', 'MONOCHROME2')
    .numbers('Rows', rows)
    .numbers('Columns', columns)
    .numbers('BitsAllocated', 16)
    .numbers('BitsStored', 12)
    .numbers('HighBit', 11)
    .numbers('PixelRepresentation', 0);
  if (Buffer.isBuffer(pixels)) elements.bytes(0x7fe00010, pixels, 'OW');
  else elements.fragments('PixelData', pixels, 'OB');
  return elements.elements;
}

export const PLAIN_PIXELS = Buffer.alloc(SIDE * SIDE * 2, 7);
