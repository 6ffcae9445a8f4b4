// Real: both readers, the rewriter. Damaged copies of hand-made and random objects; the seed of a failure is printed by fast-check.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { textOf } from './accessors.ts';
import { findingCodes, mustRead, part10 } from './hand-made.testkit.ts';
import { ENCODINGS, randomElements } from './laws.testkit.ts';
import { readDataset } from './read-dataset.ts';
import type { Dataset, Element } from './domain/types.ts';
import { rewriteDataset } from './rewrite-dataset.ts';
import { sniffDicom } from './domain/part10.ts';
import { writeDataset } from './write-dataset.ts';

interface Damage {
  readonly at: number;
  readonly byte: number;
}

const damages = fc.array(fc.record({ at: fc.nat(), byte: fc.constantFrom(0, 1, 0xff, 0xfe, 0x51, 0x7f) }), {
  minLength: 1,
  maxLength: 4,
});

function damaged(file: Buffer, all: readonly Damage[]): Buffer {
  const copy = Buffer.from(file);
  for (const { at, byte } of all) copy[132 + (at % (copy.length - 132))] = byte;
  return copy;
}

/** Every range lies inside its parent and in order, whatever the bytes were. */
function isSound(elements: readonly Element[], start: number, end: number): boolean {
  let position = start;
  for (const element of elements) {
    if (element.start !== position || element.valueStart > element.valueEnd || element.valueEnd > element.end)
      return false;
    for (const item of element.items ?? [])
      if (!isSound(item.elements, item.start + 8, item.end - (item.undefinedLength ? 8 : 0))) return false;
    position = element.end;
  }
  return position === end;
}

function readEverything(dataset: Dataset, elements: readonly Element[] = dataset.elements): void {
  for (const element of elements) {
    textOf(dataset, element);
    for (const item of element.items ?? []) readEverything(dataset, item.elements);
  }
}

describe('damaged objects', () => {
  it.each(ENCODINGS)('are read soundly or refused, never thrown on, in %s', (transferSyntax) => {
    fc.assert(
      fc.property(randomElements, damages, (elements, all) => {
        const outcome = readDataset(damaged(writeDataset(elements, { transferSyntax }), all));
        if (outcome.kind === 'rejected') return;
        const { dataset } = outcome;
        expect(isSound(dataset.elements, dataset.start, dataset.end)).toBe(true);
        readEverything(dataset);
        rewriteDataset(dataset, ({ items }) => ({ kind: items === undefined ? 'keep' : 'recurse' }));
      }),
      { numRuns: 150 },
    );
  });

  it('any bytes at all, with and without a DICM mark', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (raw) => {
        const bytes = Buffer.from(raw);
        for (const file of [bytes, part10(bytes), part10(bytes, ENCODINGS[1]), part10(bytes, ENCODINGS[3])]) {
          expect(['read', 'rejected']).toContain(readDataset(file).kind);
          sniffDicom(file);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('thousands of repeated tags cost no quadratic time and are all named', () => {
    const element = Buffer.from([0x10, 0, 0x10, 0, 0x50, 0x4e, 0, 0]);
    const dataset = mustRead(part10(Buffer.concat(Array.from({ length: 50_000 }, () => element))));
    expect(findingCodes(dataset)).toHaveLength(49_999);
  });
});

describe('sniffing', () => {
  it('tells files apart by their first bytes', () => {
    const file = writeDataset([{ tag: 0x00080016, value: { text: '1.2.840.10008.1.3.10' } }], {
      transferSyntax: ENCODINGS[0]!,
    });
    expect(sniffDicom(file)).toBe('dicomdir');
    expect(sniffDicom(file.subarray(0, 300))).toBe('dicomdir');
    expect(sniffDicom(part10(Buffer.alloc(0)))).toBe('part10');
    expect(sniffDicom(file.subarray(132))).toBe('dicomdir');
    expect(sniffDicom(Buffer.from('PK\x03\x04 a zip archive of studies'))).toBe('not-dicom');
    expect(sniffDicom(Buffer.alloc(0))).toBe('not-dicom');
  });
});
