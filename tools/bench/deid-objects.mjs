// The same objects for everyone: copied flat under numbers, in two halves, and what must not stand in an output.
import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesOf, readDataset } from '@precedent/dicom';

/** Whole studies (folders) alternate between the halves, so that both hold the same mixture and neither knows the other's patients. */
export function layOut(source, folder, most) {
  const paths = filesBelow(source).slice(0, most);
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  const turn = new Map(folders.map((name, index) => [name, folders.length === 1 ? undefined : index % 2]));
  const inHalf = (path, index) => (turn.get(dirname(path)) ?? index % 2) === 0;
  const first = paths.filter(inHalf);
  const rest = paths.filter((path, index) => !inHalf(path, index));
  const [all, half] = ['all', 'half'].map((name) => join(folder, name));
  mkdirSync(all);
  mkdirSync(half);
  const files = [...first, ...rest].map((path, index) => {
    const name = `${String(index).padStart(6, '0')}.dcm`;
    copyFileSync(path, join(all, name));
    if (index < first.length) linkSync(join(all, name), join(half, name));
    return name;
  });
  if (first.length === 0 || rest.length === 0) throw new Error('at least two DICOM objects are needed.');
  return { all, half, files, halfCount: first.length };
}

/** Plain files that begin as DICOM files do; lists and notes beside them are no objects. */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).toString('latin1', 128, 132) === 'DICM')
    .sort();
}

const NAME = 0x00100010;
const PATIENT_ID = 0x00100020;
const STANDARD_ROOT = '1.2.840.10008.';
/** Shorter ones are found by chance. */
const SHORTEST = { name: 5, id: 5, uid: 10 };

/**
 * What identifies plainly, as the bytes it has in the source: name as a whole, ID, every UID that is not the standard's. Found by
 * walking the elements, apart from the engine that is measured.
 * @returns {{ kind: 'name' | 'id' | 'uid', bytes: Buffer }[]} empty when the object cannot be read
 */
export function plainIdentifiers(bytes) {
  const read = readDataset(bytes);
  if (read.kind !== 'read') return [];
  const found = new Map();
  const take = (kind, text) => {
    if (text.length >= SHORTEST[kind]) found.set(`${kind} ${text}`, { kind, bytes: Buffer.from(text, 'latin1') });
  };
  const walk = (elements) => {
    for (const element of elements) {
      for (const item of element.items ?? []) walk(item.elements);
      const text = () => bytesOf(read.dataset, element).toString('latin1');
      if (element.tag === NAME) take('name', text().trim());
      else if (element.tag === PATIENT_ID) take('id', text().trim());
      else if (element.vr === 'UI')
        text()
          .split('\\')
          .map(withoutPadding)
          .filter(isInstance)
          .forEach((uid) => take('uid', uid));
    }
  };
  walk(read.dataset.elements);
  return [...found.values()];
}

const withoutPadding = (uid) => uid.replaceAll('\0', '').trim();
const isInstance = (uid) => uid !== '' && !uid.startsWith(STANDARD_ROOT);

/** @returns of the objects that came out, how many still hold such a value anywhere in their bytes, and of which kind. */
export function countRemains({ all, files }, output, nameOf = (name) => name) {
  const counts = { outputs: 0, any: 0, name: 0, id: 0, uid: 0 };
  const present = new Set(readdirSync(output));
  for (const name of files) {
    if (!present.has(nameOf(name))) continue;
    counts.outputs += 1;
    const out = readFileSync(join(output, nameOf(name)));
    const kinds = new Set();
    for (const { kind, bytes } of plainIdentifiers(readFileSync(join(all, name))))
      if (!kinds.has(kind) && out.includes(bytes)) kinds.add(kind);
    for (const kind of kinds) counts[kind] += 1;
    if (kinds.size > 0) counts.any += 1;
  }
  return counts;
}
