import { existsSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Objects with what is known to be written in their pictures. Frames count from 0; `null` stands for every frame. */
export function knownCases(shared, { every, part, set }) {
  const pack = set === 'real' ? [] : casePack(join(shared, 'data', 'cases'), every, part);
  return set === 'cases' ? pack : [...pack, ...realFiles(join(shared, 'data', 'dicom'))];
}

/** Halves of the patients, by a digest of their key: whoever changes a threshold looks at `tuned` and reports `held-out`. */
export const partOf = (patient) => (createHash('sha256').update(patient).digest()[0] % 2 === 0 ? 'tuned' : 'held-out');

function casePack(folder, every, part) {
  const manifest = join(folder, 'manifest.jsonl');
  if (!existsSync(manifest)) {
    console.warn(`NOT HERE: ${manifest}: the case pack is not measured.`);
    return [];
  }
  const rows = readFileSync(manifest, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const chosen = rows.filter((row) => part === undefined || partOf(row.patient_key) === part);
  return chosen
    .filter((_, index) => index % every === 0)
    .map((row) => ({
      set: 'case pack',
      name: row.path,
      path: join(folder, row.path),
      part: partOf(row.patient_key),
      modality: row.modality,
      photometric: row.photometric,
      texts: row.burned_in.map(({ box, text, kind, phi, font_px, touches_edge }) => {
        return { box, text, kind, phi, fontPx: font_px, atEdge: touches_edge, frame: null };
      }),
    }));
}

function realFiles(folder) {
  const list = join(folder, 'burned-in.csv');
  if (!existsSync(list)) {
    console.warn(`NOT HERE: ${list}: real files with text are not measured.`);
    return [];
  }
  const files = new Map();
  for (const line of readFileSync(list, 'utf8').trim().split('\n').slice(1)) {
    const fields = line.split(',');
    const [x, y, width, height] = fields.slice(-6, -2).map(Number);
    const [file, frame] = fields;
    const kind = fields.at(-7);
    const text = fields.slice(2, -7).join(',');
    const texts = files.get(file) ?? [];
    texts.push({
      box: [x, y, width, height],
      text,
      kind,
      phi: true,
      fontPx: height,
      atEdge: x === 0 || y === 0,
      frame: frame === 'all' ? null : Number(frame) - 1,
    });
    files.set(file, texts);
  }
  return [...files]
    .filter(([file]) => existsSync(join(folder, file)))
    .map(([file, texts]) => {
      return {
        set: 'real files',
        name: file,
        path: join(folder, file),
        part: 'held-out',
        modality: '',
        photometric: '',
        texts,
      };
    });
}
