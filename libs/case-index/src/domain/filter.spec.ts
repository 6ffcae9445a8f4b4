/** Pure functions; nothing is fake. fast-check prints its seed when it fails. */
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { patientKey, seriesKey, studyKey } from '@precedent/kernel';
import { FIELD_VALUES, anyFilter } from '../filter.testkit.ts';
import { imageOf, randomFrom } from '../contract.testkit.ts';
import { evaluateFilter } from './filter.ts';
import { packRows } from './packed-rows.ts';
import { quoteLiteral, renderMilvusFilter } from './render-filter.ts';
import { RowTable } from './row-table.ts';
import type { FilterField, IndexedImage } from './types.ts';

function rows(count: number): IndexedImage[] {
  const random = randomFrom(7);
  const pick = (name: FilterField): string =>
    FIELD_VALUES[name][Math.floor(random() * FIELD_VALUES[name].length)] ?? '';
  return Array.from({ length: count }, (_, i) =>
    imageOf(`row-${i}`, {
      studyKey: studyKey(pick('studyKey')),
      patientKey: patientKey(pick('patientKey')),
      seriesKey: seriesKey(pick('seriesKey')),
      modality: pick('modality'),
      bodyPart: pick('bodyPart'),
      sex: pick('sex'),
      ageBand: pick('ageBand'),
    }),
  );
}

describe('filters', () => {
  it('mean the same to the exact store as by definition', () => {
    const images = rows(200);
    const table = new RowTable(16);
    table.put(packRows(images, 16));
    fc.assert(
      fc.property(anyFilter, (filter) => {
        expect(table.count(filter)).toBe(images.filter((image) => evaluateFilter(filter, image)).length);
      }),
      { numRuns: 500 },
    );
  });

  it('render to the same expression with templates as with literals, once the values are put in', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        const literal = renderMilvusFilter(filter, false);
        const template = renderMilvusFilter(filter, true);
        if (literal.kind !== 'some' || template.kind !== 'some') {
          expect(template).toEqual(literal);
          return;
        }
        expect(literal.values).toEqual({});
        const filled = template.expression.replace(
          /\{(v\d+)\}/g,
          (_, name: string) => `[${(template.values[name] ?? []).map(quoteLiteral).join(', ')}]`,
        );
        expect(filled).toBe(literal.expression);
      }),
      { numRuns: 500 },
    );
  });

  it('never put a value into the text of a template', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        const rendered = renderMilvusFilter(filter, true);
        if (rendered.kind === 'some') expect(rendered.expression).toMatch(/^[a-z_0-9{}() ]*$/);
      }),
    );
  });

  it('give a constant for what cannot match, instead of asking a server', () => {
    expect(renderMilvusFilter({ op: 'eq', field: 'studyKey', value: 'x" or "' }, false)).toEqual({ kind: 'none' });
    expect(renderMilvusFilter({ op: 'and', filters: [] }, false)).toEqual({ kind: 'all' });
    expect(renderMilvusFilter({ op: 'not', filter: { op: 'in', field: 'sex', values: [] } }, true)).toEqual({
      kind: 'all',
    });
    expect(renderMilvusFilter(undefined, true)).toEqual({ kind: 'all' });
  });
});
