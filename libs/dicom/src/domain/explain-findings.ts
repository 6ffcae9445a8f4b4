import { dictionaryEntry } from './dictionary.ts';
import { formatTag } from './tags.ts';
import type { ExplainedFinding } from './description-types.ts';
import type { Finding } from './types.ts';

/** What each finding means to whoever runs the archive, and what becomes of it. */
const MEANINGS: Readonly<Record<Finding['code'], string>> = {
  'no-preamble':
    'No preamble with the DICM mark (PS3.10 7.1): the file begins with its elements. It is read all the same.',
  'no-meta': 'No file meta information (group 0002): the transfer syntax was told from the first element.',
  'duplicate-tag': 'The element stands twice at this level: one reader sees the first, another the last. Held back.',
  'descending-tag':
    'The element comes after one with a higher tag (PS3.5 7.1 wants them ascending). It is read all the same.',
  'trailing-bytes':
    'Bytes behind the data set, padding or foreign: they are never read as elements and never written on.',
  'odd-length': 'The value has an odd length (PS3.5 7.1.1 wants even ones). It is read all the same.',
  'unknown-vr':
    'The two letters are no value representation: read with a 16-bit length; other software may see other elements.',
  'group-length':
    'A group length, retired outside groups 0000 and 0002 (PS3.5 7.2): ignored, and removed in de-identification.',
  'length-mismatch':
    'The group length of the file meta information is not the length that it has. The elements are believed.',
  'readers-disagree': 'Two independent readers see different elements here. Held back.',
};

/** @returns the finding with its meaning; tag and keyword name the attribute, never its value. */
export function explainFinding({ code, offset, tag }: Finding): ExplainedFinding {
  const keyword = tag === undefined ? '' : (dictionaryEntry(tag)?.keyword ?? '');
  return { code, offset, tag: tag === undefined ? '' : formatTag(tag), keyword, meaning: MEANINGS[code] };
}
