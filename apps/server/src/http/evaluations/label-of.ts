import type { ArchivedStudy } from '@precedent/archive';

/** Study attributes that can be a label besides the outcome columns. */
const ATTRIBUTES = ['modality', 'bodyPart', 'sex', 'ageBand', 'manufacturer'] as const;

/** A study's class by one or more columns, joined; empty when any of them is unknown, so that the study takes no part. */
export function labelOf(study: ArchivedStudy, names: readonly string[]): string {
  const parts = names.map((name) => valueOf(study, name).trim());
  return parts.includes('') ? '' : parts.join(' × ');
}

/** Names come from a request: `constructor` is no column. */
function valueOf(study: ArchivedStudy, name: string): string {
  const { outcome } = study;
  if (outcome !== null && Object.hasOwn(outcome, name)) return outcome[name] ?? '';
  const attribute = ATTRIBUTES.find((known) => known === name);
  return attribute === undefined ? '' : study[attribute];
}
