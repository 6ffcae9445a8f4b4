// Tables of transfer syntaxes and limits in libs/dicom/README.md and libs/imaging/README.md, made from the built rooms and
// from the constants in their sources, between markers. `node tools/docs/room-tables.mjs` writes them;
// tools/drift/room-tables.mjs fails where a README says something else than the code.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { limitTable } from './limit-table.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PREFIX = '1.2.840.10008.1.2';

/** What a room exports; it must be built, since its sources are TypeScript. */
async function faceOf(room) {
  const path = join(root, 'libs', room, 'dist', 'index.js');
  if (!existsSync(path)) throw new Error(`${path} is not there: run npx tsc -b first`);
  return import(pathToFileURL(path).href);
}

const shortOf = (uid) => (uid === PREFIX ? '(none)' : uid.startsWith(PREFIX) ? uid.slice(PREFIX.length) : uid);
const row = (cells) => `| ${cells.join(' | ')} |`;

function table(head, rows) {
  return [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n');
}

/** @returns the values in order of first appearance, each with what belongs to it. */
function grouped(values, keyOf) {
  const groups = new Map();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

const listOf = (syntaxes) => syntaxes.map(({ uid }) => shortOf(uid)).join(' ');

async function readSyntaxes() {
  const { TRANSFER_SYNTAXES } = await faceOf('dicom');
  const groups = grouped(TRANSFER_SYNTAXES.values(), ({ encoding }) =>
    [
      encoding.explicitVr ? 'explicit' : 'implicit',
      encoding.littleEndian ? 'little' : 'big',
      encoding.deflated ? 'yes' : 'no',
      encoding.encapsulated ? 'fragments' : 'native',
    ].join(' | '),
  );
  const rows = [...groups].map(([encoding, syntaxes]) => [listOf(syntaxes), encoding]);
  return table([`syntaxes, after ${PREFIX}`, 'VR', 'endian', 'deflated', 'Pixel Data'], rows);
}

async function shownSyntaxes() {
  const { SYNTAX_SUPPORT } = await faceOf('imaging');
  const groups = grouped(SYNTAX_SUPPORT.values(), ({ codec, by }) => `${codec ?? 'not decoded'} | ${by}`);
  const rows = [...groups].map(([support, syntaxes]) => [
    syntaxes.map(({ uid, lossless }) => (lossless ? shortOf(uid) : `${shortOf(uid)}~`)).join(' '),
    support,
  ]);
  return table([`syntaxes, after ${PREFIX} (~ may lose)`, 'codec', 'by, or why not'], rows);
}

const TABLES = [
  { readme: 'libs/dicom/README.md', name: 'transfer-syntaxes', make: readSyntaxes },
  { readme: 'libs/dicom/README.md', name: 'limits', make: () => limitTable(root, 'dicom') },
  { readme: 'libs/imaging/README.md', name: 'transfer-syntaxes', make: shownSyntaxes },
  { readme: 'libs/imaging/README.md', name: 'limits', make: () => limitTable(root, 'imaging') },
];

const openerOf = (name) => `<!-- ${name}: made by tools/docs/room-tables.mjs -->`;
const closerOf = (name) => `<!-- end of ${name} -->`;

function replaced(text, name, content, readme) {
  const start = text.indexOf(openerOf(name));
  const end = text.indexOf(closerOf(name));
  if (start === -1 || end < start) throw new Error(`${readme} has no place for the table ${name}: ${openerOf(name)}`);
  return `${text.slice(0, start)}${openerOf(name)}\n\n${content}\n\n${text.slice(end)}`;
}

/** @returns the READMEs that differ from the code, after writing them unless `check`. */
export async function renderRoomTables({ check }) {
  const texts = new Map();
  for (const { readme, name, make } of TABLES) {
    const text = texts.get(readme) ?? readFileSync(join(root, readme), 'utf8');
    texts.set(readme, replaced(text, name, await make(), readme));
  }
  const stale = [...texts].filter(([readme, text]) => readFileSync(join(root, readme), 'utf8') !== text);
  if (!check) for (const [readme, text] of stale) writeFileSync(join(root, readme), text);
  return stale.map(([readme]) => readme);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const written = await renderRoomTables({ check: false });
  process.stdout.write(
    written.length === 0 ? 'room tables: up to date\n' : `room tables: wrote ${written.join(', ')}\n`,
  );
}
