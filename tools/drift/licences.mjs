// Drift: the licence of every production dependency, against a list that goes with Apache-2.0. `--list` prints them all.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** SPDX identifiers of permissive licences: they ask for attribution at most. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'OFL-1.1',
  'Python-2.0',
  'Unicode-3.0',
  'Unlicense',
  'Zlib',
]);

/**
 * Copyleft of the weak kind, allowed by name and for a reason. All are unmodified packages that npm puts beside our code
 * and that a user can replace, which is what the LGPL asks for.
 */
const EXCEPTIONS = [
  {
    package: /^@img\/sharp-(libvips-|wasm32|win32-)/,
    licence: /LGPL-3\.0-or-later/,
    why: 'libvips, a shared library loaded by sharp',
  },
  {
    package: /^(utilium|memium)$/,
    licence: /^LGPL-3\.0-or-later$/,
    why: 'brought by the Milvus SDK (parquetjs, zenfs), unmodified',
  },
];

/** Packages whose package.json states no SPDX identifier; read in their LICENSE file. */
const READ_BY_HAND = { busboy: 'MIT', streamsearch: 'MIT' };

/** `A OR B` needs one, `A AND B` needs all. A mixture needs all: guessing its precedence could allow too much. */
function isAllowed(expression) {
  const ids = expression.split(/ OR | AND /).map((id) => id.replaceAll(/[()]/g, '').trim());
  const isMixed = expression.includes(' OR ') && expression.includes(' AND ');
  if (isMixed) return ids.every((id) => ALLOWED.has(id));
  return expression.includes(' OR ') ? ids.some((id) => ALLOWED.has(id)) : ids.every((id) => ALLOWED.has(id));
}

function statedIn(path) {
  try {
    const { license, licenses } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
    return typeof license === 'string' ? license : (license?.type ?? licenses?.map(({ type }) => type).join(' OR '));
  } catch {
    return undefined;
  }
}

function licenceOf(path, entry, name) {
  return statedIn(path) ?? entry.license ?? READ_BY_HAND[name] ?? 'none stated';
}

function productionPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, entry]) => path.includes('node_modules/') && !entry.dev && !entry.link)
    .map(([path, entry]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return { name, version: entry.version, licence: licenceOf(path, entry, name) };
    });
}

const isExcepted = ({ name, licence }) =>
  EXCEPTIONS.some((each) => each.package.test(name) && each.licence.test(licence));
const found = productionPackages();
const refused = found.filter((each) => !isAllowed(each.licence) && !isExcepted(each));
const shown = process.argv.includes('--list') ? found : refused;
for (const { name, version, licence } of shown) process.stdout.write(`${name}@${version}: ${licence}\n`);
if (refused.length > 0) process.stdout.write(`${refused.length} of ${found.length} licences are not on the list\n`);
process.exitCode = refused.length > 0 ? 1 : 0;
