import type { NewElement } from '@precedent/dicom';
import { encodeFrames } from '@precedent/imaging';
import { el, sampleObject } from '../object.testkit.ts';
import type { Scan } from './head-phantom.testkit.ts';
import type { PlaneGeometry } from './types.ts';

export const SERIES_UID = '1.2.826.0.1.3680043.9.77.5';
export const uidOf = (slice: number): string => `${SERIES_UID}.${slice + 1}`;

/** Stored as scanners do: CT unsigned with intercept −1024, MR as it is; 12 bits of 16. */
export const INTERCEPT = { CT: -1024, MR: 0 } as const;

export function storedOf(pixels: Float32Array, modality: Scan['modality']): Buffer {
  const words = Uint16Array.from(pixels, (value) =>
    Math.max(0, Math.min(4095, Math.round(value) - INTERCEPT[modality])),
  );
  return Buffer.from(words.buffer);
}

function header({ modality }: Scan, plane: PlaneGeometry): NewElement[] {
  return [
    el('Modality', modality),
    el('SOPClassUID', modality === 'CT' ? '1.2.840.10008.5.1.4.1.1.2' : '1.2.840.10008.5.1.4.1.1.4'),
    el('SeriesInstanceUID', SERIES_UID),
    el('Rows', [plane.rows]),
    el('Columns', [plane.columns]),
    el('RescaleSlope', '1'),
    el('RescaleIntercept', `${INTERCEPT[modality]}`),
    el('BodyPartExamined', 'HEAD'),
  ];
}

export function geometryOf(plane: PlaneGeometry): NewElement[] {
  const text = (values: readonly number[]): string => values.map((value) => value.toFixed(5)).join('\\');
  return [
    el('ImagePositionPatient', text(plane.position)),
    el('ImageOrientationPatient', text([...plane.rowDirection, ...plane.columnDirection])),
    el('PixelSpacing', text([plane.rowSpacing, plane.columnSpacing])),
  ];
}

export interface SeriesOptions {
  readonly changes?: readonly NewElement[];
  readonly withoutGeometry?: boolean;
  readonly codec?: '1.2.840.10008.1.2.4.80';
}

/** The scan as single-frame objects of one series. */
export async function seriesObjects(scan: Scan, options: SeriesOptions = {}): Promise<readonly Buffer[]> {
  const objects: Buffer[] = [];
  for (const { id, plane } of scan.planes) {
    const stored = storedOf(scan.pixels[id] ?? new Float32Array(), scan.modality);
    const elements = [
      ...header(scan, plane),
      ...(options.withoutGeometry === true ? [] : geometryOf(plane)),
      el('SOPInstanceUID', uidOf(id)),
      await pictureElement(stored, plane, options.codec),
    ];
    const changed = new Set(options.changes?.map(({ tag }) => tag));
    const all = [...elements.filter(({ tag }) => !changed.has(tag)), ...(options.changes ?? [])];
    objects.push(sampleObject(all, options.codec === undefined ? {} : { syntax: options.codec }));
  }
  return objects;
}

async function pictureElement(
  stored: Buffer,
  { rows, columns }: PlaneGeometry,
  codec: SeriesOptions['codec'],
): Promise<NewElement> {
  if (codec === undefined) return el('PixelData', stored, 'OW');
  const raw = {
    rows,
    columns,
    samplesPerPixel: 1,
    bitsAllocated: 16,
    bitsStored: 12,
    signed: false,
    frames: [stored],
  } as const;
  const streams = await encodeFrames(raw, codec);
  return {
    tag: 0x7fe00010,
    vr: 'OB',
    value: { fragments: [Buffer.alloc(0), ...streams.map((one) => Buffer.from(one))] },
  };
}

/** The scan as one Enhanced CT or MR object: planes in the per-frame groups, spacing and orientation shared. */
export function enhancedObject(scan: Scan): Buffer {
  const [first] = scan.planes;
  if (first === undefined) throw new Error('a scan has planes');
  const [position, orientation, spacing] = geometryOf(first.plane);
  if (position === undefined || orientation === undefined || spacing === undefined)
    throw new Error('a plane has a place');
  const frames = scan.planes.map(({ id }) => storedOf(scan.pixels[id] ?? new Float32Array(), scan.modality));
  return sampleObject(
    [
      ...header(scan, first.plane).filter(({ tag }) => tag >>> 16 !== 0x0028 || (tag & 0xffff) < 0x1000),
      el('SOPClassUID', scan.modality === 'CT' ? '1.2.840.10008.5.1.4.1.1.2.1' : '1.2.840.10008.5.1.4.1.1.4.1'),
      el('SOPInstanceUID', uidOf(0)),
      el('NumberOfFrames', `${frames.length}`),
      el(0x52009229, [
        [
          el(0x00209116, [[orientation]]),
          el(0x00289110, [[spacing]]),
          el(0x00289145, [[el('RescaleSlope', '1'), el('RescaleIntercept', `${INTERCEPT[scan.modality]}`)]]),
        ],
      ]),
      el(
        0x52009230,
        scan.planes.map(({ plane }) => [el(0x00209113, [geometryOf(plane).slice(0, 1)])]),
      ),
      el('PixelData', Buffer.concat(frames), 'OW'),
    ].filter((element, i, all) => all.findLastIndex(({ tag }) => tag === element.tag) === i),
  );
}
