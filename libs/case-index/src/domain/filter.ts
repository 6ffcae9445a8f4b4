import type { Filter, FilterField, IndexedImage } from './types.ts';

export const eq = (field: FilterField, value: string): Filter => ({ op: 'eq', field, value });
export const isIn = (field: FilterField, values: readonly string[]): Filter => ({ op: 'in', field, values });
export const not = (filter: Filter): Filter => ({ op: 'not', filter });
/** All of; of none: true. */
export const and = (...filters: readonly Filter[]): Filter => ({ op: 'and', filters });
/** Any of; of none: false. */
export const or = (...filters: readonly Filter[]): Filter => ({ op: 'or', filters });

/** The attributes a filter can see. */
export type FilterRow = Readonly<Pick<IndexedImage, FilterField>>;

/** The meaning of a filter. Every store's rendering is tested against this function. */
export function evaluateFilter(filter: Filter, row: FilterRow): boolean {
  switch (filter.op) {
    case 'eq':
      return row[filter.field] === filter.value;
    case 'in':
      return filter.values.includes(row[filter.field]);
    case 'not':
      return !evaluateFilter(filter.filter, row);
    case 'and':
      return filter.filters.every((part) => evaluateFilter(part, row));
    case 'or':
      return filter.filters.some((part) => evaluateFilter(part, row));
  }
}
