import fc from 'fast-check';
import type { Filter, FilterField } from './domain/types.ts';

/** What rows and filters of the property tests hold: ordinary values, and those that break out of a literal. */
export const FIELD_VALUES: Readonly<Record<FilterField, readonly string[]>> = {
  studyKey: ['s1', 's2', 's-3', 's.4', 's_5'],
  patientKey: ['p1', 'p2', 'p3'],
  seriesKey: ['r1', 'r2'],
  modality: ['CT', 'MR', ''],
  bodyPart: ['CHEST', 'x"] or pk != "', '\\', '\\"', "'", '%', '_', '{v0}', '心', '\\n', 'not in ["CHEST"]'],
  sex: ['F', 'M', ''],
  ageBand: ['60-69', '70-79'],
};
/** Never in a row. */
const FOREIGN = ['', 'absent', '" or "" == "', 'a\nb', '\u0000', '\ud800', 'x'.repeat(300)];

const field = fc.constantFrom(...(Object.keys(FIELD_VALUES) as FilterField[]));
const valueOf = (name: FilterField): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...FIELD_VALUES[name]) },
    { weight: 1, arbitrary: fc.constantFrom(...FOREIGN) },
  );

/** Any filter of a few levels. */
export const anyFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    field.chain((name) => valueOf(name).map((value): Filter => ({ op: 'eq', field: name, value }))),
    field.chain((name) =>
      fc.array(valueOf(name), { maxLength: 4 }).map((values): Filter => ({ op: 'in', field: name, values })),
    ),
    tie('filter').map((filter): Filter => ({ op: 'not', filter })),
    fc.array(tie('filter'), { maxLength: 3 }).map((filters): Filter => ({ op: 'and', filters })),
    fc.array(tie('filter'), { maxLength: 3 }).map((filters): Filter => ({ op: 'or', filters })),
  ),
})).filter;
