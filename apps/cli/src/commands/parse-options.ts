import { InvalidArgumentError } from 'commander';

/** Option parsers: a value that cannot be meant is misuse, told at once and before anything is started. */

/** @returns a parser of whole numbers from `min` to `max`. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    if (/^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
    throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
  };

/** @returns a parser of seconds, with decimals, from `min` to `max`. */
export const seconds =
  (min: number, max: number) =>
  (text: string): number => {
    if (/^\d{1,9}(\.\d{1,3})?$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
    throw new InvalidArgumentError(`Write seconds from ${min} to ${max}.`);
  };

/** A folder's path; an empty one is a shell variable that was not set, and must not mean the default. */
export function folderPath(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('Write a folder.');
}

/** The service checks the same again (server.config.ts). */
export function vectorStore(text: string): string {
  if (/^(exact|milvus-lite|[A-Za-z0-9.-]+:\d{1,5})$/.test(text)) return text;
  throw new InvalidArgumentError('Write exact, milvus-lite, or host:port of a Milvus.');
}

/** Names of filters, as the API has them. */
export const FILTERS = ['modality', 'bodyPart', 'sex', 'ageBand'] as const;
export type CaseFilter = Readonly<Record<string, readonly string[]>>;

/** Adds one `name=value` to the filters given so far. */
export function caseFilter(text: string, earlier: CaseFilter = {}): CaseFilter {
  const [, name = '', value = ''] = /^([A-Za-z]+)=(.+)$/s.exec(text) ?? [];
  if (FILTERS.some((known) => known === name)) return { ...earlier, [name]: [...(earlier[name] ?? []), value] };
  throw new InvalidArgumentError(`Write NAME=VALUE with one of ${FILTERS.join(', ')}.`);
}
