import { formatTag } from '@precedent/dicom';

const tagNames = new Map<number, string>();

/** Written once for each tag: a thousand objects write the same fifty. */
export function nameOf(tag: number): string {
  const known = tagNames.get(tag);
  if (known !== undefined) return known;
  const name = formatTag(tag);
  if (tagNames.size < MAX_TAG_NAMES) tagNames.set(tag, name);
  return name;
}

const MAX_TAG_NAMES = 10_000;
