import { isStorable } from './check.ts';
import type { Filter, FilterField } from './types.ts';

/** Column of each filter field in a Milvus collection. */
export const MILVUS_COLUMN: Readonly<Record<FilterField, string>> = {
  studyKey: 'study_key',
  patientKey: 'patient_key',
  seriesKey: 'series_key',
  modality: 'modality',
  bodyPart: 'body_part',
  sex: 'sex',
  ageBand: 'age_band',
};

/** A filter as Milvus takes it. `all` and `none` never go to the server: Milvus has no constant true or false. */
export type RenderedFilter =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | {
      readonly kind: 'some';
      readonly expression: string;
      /** Values of the `{v0}` placeholders; empty where the values stand in the expression as escaped literals. */
      readonly values: Readonly<Record<string, readonly string[]>>;
    };

interface Draft {
  readonly templates: boolean;
  readonly values: Record<string, readonly string[]>;
}

const ALL: RenderedFilter = { kind: 'all' };
const NONE: RenderedFilter = { kind: 'none' };

/**
 * @param templates whether the server takes `{name}` placeholders (Milvus ≥ 2.5); else values become escaped literals.
 * Negation is pushed down to `not in`, which every version parses alike. A value that no row may hold is dropped, so
 * that control characters and half characters never reach a server's parser.
 */
export function renderMilvusFilter(filter: Filter | undefined, templates: boolean): RenderedFilter {
  const draft: Draft = { templates, values: {} };
  const rendered = filter === undefined ? ALL : render(filter, false, draft);
  return rendered.kind === 'some' ? { ...rendered, values: draft.values } : rendered;
}

function render(filter: Filter, negated: boolean, draft: Draft): RenderedFilter {
  switch (filter.op) {
    case 'eq':
      return membership(filter.field, [filter.value], negated, draft);
    case 'in':
      return membership(filter.field, filter.values, negated, draft);
    case 'not':
      return render(filter.filter, !negated, draft);
    default:
      return join(filter.filters, (filter.op === 'and') !== negated, negated, draft);
  }
}

function membership(field: FilterField, values: readonly string[], negated: boolean, draft: Draft): RenderedFilter {
  const possible = [...new Set(values)].filter((value) => isStorable(field, value));
  if (possible.length === 0) return negated ? ALL : NONE;
  const expression = `${MILVUS_COLUMN[field]} ${negated ? 'not in' : 'in'} ${operand(possible, draft)}`;
  return { kind: 'some', expression, values: {} };
}

function operand(values: readonly string[], draft: Draft): string {
  if (!draft.templates) return `[${values.map(quoteLiteral).join(', ')}]`;
  const name = `v${Object.keys(draft.values).length}`;
  draft.values[name] = values;
  return `{${name}}`;
}

/** A string literal of Milvus' expression language; only the quote and the backslash have a meaning in it. */
export function quoteLiteral(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** All parts (`conjunction`) or any; a part that is constant decides or falls away. */
function join(filters: readonly Filter[], conjunction: boolean, negated: boolean, draft: Draft): RenderedFilter {
  const [neutral, decisive] = conjunction ? [ALL, NONE] : [NONE, ALL];
  const parts = filters.map((part) => render(part, negated, draft)).filter((part) => part.kind !== neutral.kind);
  if (parts.some((part) => part.kind === decisive.kind)) return decisive;
  const expressions = parts.flatMap((part) => (part.kind === 'some' ? [part.expression] : []));
  if (expressions.length < 2) return parts[0] ?? neutral;
  return { kind: 'some', expression: `(${expressions.join(conjunction ? ' and ' : ' or ')})`, values: {} };
}
