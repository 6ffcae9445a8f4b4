// Real: reader, rewriter, writer. Inputs are made by hand or by fast-check. Nothing is fake.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { bytesOf, findElement } from './accessors.ts';
import { implicit, ITEM, le32, mustRead, part10 } from './hand-made.testkit.ts';
import { deciding, keepAll, leaves, randomElements, recurseAll } from './laws.testkit.ts';
import type { RewriteAction, RewriteDecision } from './domain/rewrite-types.ts';
import type { Dataset, Element, Tag } from './domain/types.ts';
import { rewriteDataset } from './rewrite-dataset.ts';
import { writeDataset } from './write-dataset.ts';

describe('from implicit to explicit VR', () => {
  const EXPLICIT = '1.2.840.10008.1.2.1';
  const convert = (dataset: Dataset, decide: RewriteDecision, transferSyntax = EXPLICIT): Dataset =>
    mustRead(rewriteDataset(dataset, decide, { transferSyntax }));

  it('every value keeps its bytes, its VR and its place, kept whole or item by item', () => {
    fc.assert(
      fc.property(randomElements, (elements) => {
        const before = mustRead(writeDataset(elements, { transferSyntax: '1.2.840.10008.1.2' }));
        for (const decide of [keepAll, recurseAll]) {
          const after = convert(before, decide);
          expect(after.encoding.explicitVr).toBe(true);
          expect(after.findings).toEqual([]);
          expect(leaves(after)).toEqual(leaves(before));
          expect(vrs(after)).toEqual(vrs(before));
        }
      }),
      { numRuns: 80 },
    );
  });

  const item = (...elements: Buffer[]): Buffer => implicit(ITEM, Buffer.concat(elements));
  const inPrivate = implicit(0x00091001, item(implicit(0x00100010, 'DOE^JANE'), implicit(0x00280010, 'ab')));
  const file = part10(
    Buffer.concat([
      implicit(0x00080000, le32(14)),
      implicit(0x00080018, '1.2.3\0'),
      implicit(0x00090010, 'ACME'),
      inPrivate,
      implicit(0x00091002, 'DOE^JANE'),
      implicit(0x00280103, Buffer.from([1, 0])),
      implicit(0x00280106, Buffer.from([0xfe, 0xff])),
      implicit(0x00400275, Buffer.concat([item(), item(implicit(0x00400000, le32(0)), implicit(0x00400007, 'X '))])),
      implicit(0x00400280, 'x'.repeat(70_000)),
      implicit(0x7fe00010, Buffer.alloc(8, 7)),
    ]),
    '1.2.840.10008.1.2',
  );

  it('private elements are UN, also as sequences; long texts too; group lengths go', () => {
    for (const decide of [keepAll, recurseAll]) {
      const dataset = convert(mustRead(file), decide);
      expect(dataset.elements.map(({ vr }) => vr).join(' ')).toBe('UI LO UN UN US SS SQ UN OW');
      expect(dataset.elements[2]!.items![0]!.elements.map(({ vr }) => vr)).toEqual(['PN', 'US']);
      expect(dataset.elements[6]!.items!.map(({ elements }) => elements.length)).toEqual([0, 1]);
      expect(dataset.findings).toEqual([]);
    }
  });

  it('decisions are carried out at every depth, and new frames find their syntax', () => {
    const frames: RewriteAction = { kind: 'replace', value: { fragments: [Buffer.alloc(0), Buffer.from('jpegls')] } };
    const decide = deciding(
      new Map<Tag, RewriteAction>([
        [0x00100010, { kind: 'replace', value: { text: 'ANON' } }],
        [0x00091002, { kind: 'drop' }],
        [0x7fe00010, frames],
      ]),
    );
    const dataset = convert(mustRead(file), decide, '1.2.840.10008.1.2.4.80');
    expect(dataset.bytes.includes('DOE')).toBe(false);
    expect(bytesOf(dataset, dataset.elements[2]!.items![0]!.elements[0]!).toString()).toBe('ANON');
    expect(findElement(dataset, 0x7fe00010)!.fragments).toHaveLength(2);
  });
});

function vrs(dataset: Dataset, elements: readonly Element[] = dataset.elements): string[] {
  return elements.flatMap((element) => [
    `${element.tag}:${element.vr}`,
    ...(element.items ?? []).flatMap((item) => vrs(dataset, item.elements)),
  ]);
}
