import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXPLICIT_LITTLE_ENDIAN, readDataset, writeDataset } from '@precedent/dicom';
import type { Dataset, NewElement, NewValue } from '@precedent/dicom';

const SHARED = fileURLToPath(new URL('../../../../shared/', import.meta.url));

/** Path under the shared folder beside the checkout, or undefined, said loudly, where it is not here. */
export function sharedPath(...parts: readonly string[]): string | undefined {
  const path = join(SHARED, ...parts);
  if (existsSync(path)) return path;
  process.stderr.write(`NOT HERE: shared/${parts.join('/')}; the tests that read it are skipped\n`);
  return undefined;
}

export interface TestImage {
  readonly rows: number;
  readonly columns: number;
  readonly frames?: number;
  readonly samples?: number;
  readonly allocated?: number;
  readonly stored?: number;
  readonly signed?: boolean;
  readonly photometric?: string;
  readonly syntax?: string;
  readonly pixels: NewValue;
  readonly more?: readonly NewElement[];
}

/** An image object from scratch, as bytes of a Part 10 file. */
export function imageFile(image: TestImage): Buffer {
  const { allocated = 8, stored = allocated } = image;
  const number = (tag: number, value: number): NewElement => ({ tag, vr: 'US', value: { numbers: [value] } });
  const elements: NewElement[] = [
    { tag: 0x00080016, value: { text: '1.2.840.10008.5.1.4.1.1.7' } },
    { tag: 0x00080018, value: { text: '2.25.1' } },
    number(0x00280002, image.samples ?? 1),
    { tag: 0x00280004, value: { text: image.photometric ?? 'MONOCHROME2' } },
    ...(image.frames === undefined ? [] : [{ tag: 0x00280008, value: { text: String(image.frames) } }]),
    number(0x00280010, image.rows),
    number(0x00280011, image.columns),
    number(0x00280100, allocated),
    number(0x00280101, stored),
    number(0x00280102, stored - 1),
    number(0x00280103, image.signed === true ? 1 : 0),
    ...(image.more ?? []),
    { tag: 0x7fe00010, vr: allocated > 8 && !('fragments' in image.pixels) ? 'OW' : 'OB', value: image.pixels },
  ];
  const byTag = new Map(elements.map((element) => [element.tag, element]));
  const ordered = [...byTag.values()].sort((a, b) => a.tag - b.tag);
  return writeDataset(ordered, { transferSyntax: image.syntax ?? EXPLICIT_LITTLE_ENDIAN });
}

export function datasetOf(bytes: Buffer): Dataset {
  const outcome = readDataset(bytes);
  if (outcome.kind === 'read') return outcome.dataset;
  throw new Error(`test object not readable: ${outcome.reason} ${outcome.detail}`);
}

export function openDataset(path: string): Dataset {
  return datasetOf(readFileSync(path));
}

/** Pseudo-random numbers in [0, 1) from a seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
