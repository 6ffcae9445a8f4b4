// Real: 324 objects of four open repositories and every 20th object of the case pack, read from ../shared; both readers,
// the rewriter. Nothing is fake.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';

import { findElement, textOf } from './accessors.ts';
import { datasetBytes, mustRead, sharedFiles } from './hand-made.testkit.ts';
import { readDataset } from './read-dataset.ts';
import type { RewriteDecision } from './domain/rewrite-types.ts';
import type { Dataset, Element, Item } from './domain/types.ts';
import { rewriteDataset } from './rewrite-dataset.ts';
import { toDicomJson } from './to-json.ts';

/** Objects known to be broken, and as what: anything else that is refused is a regression, as is one of these that is read. */
const REFUSED: Readonly<Record<string, string>> = {
  'fo-dicom/FO-DICOM.Tests/Test_Data/FreezePattern.dcm': 'malformed',
  'fo-dicom/FO-DICOM.Tests/Test_Data/GH1339.dcm': 'truncated',
  'fo-dicom/FO-DICOM.Tests/Test_Data/GH1376.dcm': 'malformed',
  'fo-dicom/FO-DICOM.Tests/Test_Data/GH177_D_CLUNIE_CT1_IVRLE_BigEndian_undefined_length.dcm': 'disputed',
  'fo-dicom/FO-DICOM.Tests/Test_Data/GH179A.dcm': 'malformed',
  'fo-dicom/FO-DICOM.Tests/Test_Data/GH179B.dcm': 'malformed',
  'fo-dicom/FO-DICOM.Tests/Test_Data/GH364.dcm': 'malformed',
  'fo-dicom/FO-DICOM.Tests/Test_Data/GH626.dcm': 'malformed',
  'pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm': 'truncated',
  'pydicom/test_files/MR_truncated.dcm': 'truncated',
  'pydicom/test_files/SC_rgb_jpeg.dcm': 'malformed',
  'pydicom/test_files/dicomdirtests/DICOMDIR-nooffset': 'truncated',
  'pydicom/test_files/meta_missing_tsyntax.dcm': 'malformed',
  'pydicom/test_files/no_meta.dcm': 'not-dicom',
  'pydicom/test_files/rtplan_truncated.dcm': 'truncated',
};

const keepAll: RewriteDecision = () => ({ kind: 'keep' });
const recurseAll: RewriteDecision = ({ items }) => ({ kind: items === undefined ? 'keep' : 'recurse' });

/** Elements of a level and their items lie end to end: no byte is left out, none is in two. */
function isContiguous(elements: readonly Element[], start: number, end: number): boolean {
  let position = start;
  for (const element of elements) {
    if (element.start !== position || !itemsAreContiguous(element)) return false;
    position = element.end;
  }
  return position === end;
}

function itemsAreContiguous({ items, valueStart, valueEnd }: Element): boolean {
  if (items === undefined) return true;
  let position = valueStart;
  for (const item of items) {
    const end = item.undefinedLength ? item.end - 8 : item.end;
    if (item.start !== position || !isContiguous(item.elements, item.start + 8, end)) return false;
    position = item.end;
  }
  return position === valueEnd;
}

function expectIdentity(dataset: Dataset): void {
  for (const decide of [keepAll, recurseAll]) {
    const again = mustRead(rewriteDataset(dataset, decide));
    expect(datasetBytes(again).equals(datasetBytes(dataset))).toBe(true);
    expect(again.transferSyntax).toBe(dataset.transferSyntax);
    const trailing = again.findings.filter(({ code }) => code === 'trailing-bytes' || code === 'length-mismatch');
    expect(trailing).toEqual([]);
  }
}

describe('objects of open repositories', () => {
  const files = sharedFiles('dicom');

  it('are read, or refused for the reason they are known for', () => {
    const refused: Record<string, string> = {};
    for (const { name, bytes } of files) {
      const outcome = readDataset(bytes());
      if (outcome.kind === 'rejected') refused[name] = outcome.reason;
    }
    if (files.length > 0) expect(refused).toEqual(REFUSED);
  });

  it('have every byte in one element, and come back unchanged from the identity policy', () => {
    for (const { name, bytes } of files.filter((file) => !(file.name in REFUSED))) {
      const dataset = mustRead(bytes());
      expect(name).not.toBe('');
      expect(isContiguous(dataset.elements, dataset.start, dataset.end)).toBe(true);
      expectIdentity(dataset);
    }
  });
});

describe('objects with implicit VR', () => {
  it('say the same in explicit VR', () => {
    const files = [...sharedFiles('dicom'), ...sharedFiles('cases/studies').filter((_, i) => i % 20 === 0)];
    const inline = { maxInlineBytes: Infinity };
    const converted = files.filter(({ bytes }) => {
      const outcome = readDataset(bytes());
      if (outcome.kind === 'rejected' || outcome.dataset.transferSyntax !== IMPLICIT) return false;
      if (outcome.dataset.findings.some(({ code }) => code === 'duplicate-tag')) return false;
      const again = mustRead(rewriteDataset(outcome.dataset, keepAll, { transferSyntax: EXPLICIT }));
      expect(toDicomJson(again, inline)).toEqual(toDicomJson(outcome.dataset, inline));
      return true;
    });
    if (files.length > 0) expect(converted.length).toBeGreaterThan(30);
  });
});

const IMPLICIT = '1.2.840.10008.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';

describe('the case pack', () => {
  it('every 20th object comes back unchanged from the identity policy', () => {
    const files = sharedFiles('cases/studies').filter((_, i) => i % 20 === 0);
    for (const { bytes } of files) {
      const dataset = mustRead(bytes());
      expect(isContiguous(dataset.elements, dataset.start, dataset.end)).toBe(true);
      expectIdentity(dataset);
    }
  });

  it('every planted text of every 5th object is read, in ten character sets', () => {
    const objects = plantedObjects().filter((_, i) => i % 5 === 0);
    const missed = objects.flatMap(({ path, planted }) => missing(path, planted));
    expect(missed).toEqual([]);
  });
});

interface Planted {
  readonly path: string;
  readonly kind: string;
  readonly value: string;
}

const CASES = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', 'shared', 'data', 'cases');

function plantedObjects(): { path: string; planted: Planted[] }[] {
  const manifest = join(CASES, 'manifest.jsonl');
  if (!existsSync(manifest)) {
    process.stderr.write('\n*** not here: ../shared/data/cases; no planted text is checked on this machine ***\n\n');
    return [];
  }
  return readFileSync(manifest, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { path: string; planted: Planted[] });
}

/** What is planted as pixels is not text. */
function missing(path: string, planted: readonly Planted[]): string[] {
  const dataset = mustRead(readFileSync(join(CASES, path)));
  return planted
    .filter(({ kind }) => kind !== 'overlay_text' && kind !== 'icon_of_burned_in')
    .filter((plant) => !isRead(dataset, plant))
    .map((plant) => `${path} ${plant.path}`);
}

function isRead(dataset: Dataset, { path, kind, value }: Planted): boolean {
  const element = locate(dataset, path);
  if (element === undefined) return false;
  const text = textOf(dataset, element);
  return kind.includes('_in_') ? text.includes(value) : text.split('\\').includes(value) || text === value;
}

function locate(dataset: Dataset, path: string): Element | undefined {
  let holder: Pick<Item, 'elements'> | undefined = dataset;
  let element: Element | undefined;
  for (const step of path.split('.')) {
    const [, group = '', number = '', item] = /^\((.{4}),(.{4})\)(?:\[(\d+)\])?$/.exec(step) ?? [];
    element = holder === undefined ? undefined : findElement(holder, parseInt(group + number, 16));
    holder = item === undefined ? undefined : element?.items?.[Number(item)];
  }
  return element;
}
