// Measures pixel cleaning over the shared data: npm run score -- pixels [--every N] [--part held-out|tuned] [--misses FOLDER] [--json FILE]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Deidentifier, loadDeidProfile, openPixelCleaner } from '../libs/deid/dist/index.js';
import { readDataset } from '../libs/dicom/dist/index.js';
import { ImagingSandbox } from '../libs/imaging/dist/index.js';
import { knownCases } from './score-pixels/cases.mjs';
import { coveredShare, interval, scriptOf, touches } from './score-pixels/coverage.mjs';

/** Of a box this share must be black: its outermost row may be the grey of an edge that nobody reads. */
const COVERED = 0.95;

const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    part: { type: 'string' },
    set: { type: 'string' },
    misses: { type: 'string' },
    json: { type: 'string' },
    shared: { type: 'string', default: resolve(import.meta.dirname, '..', '..', 'shared') },
  },
});

const cases = knownCases(values.shared, { every: Number(values.every), part: values.part, set: values.set });
const { cleaner, close } = await openPixelCleaner();
const viewer = new ImagingSandbox();
/** Remembers what the cleaner did: masks are no part of a finished object. */
let last;
const recording = { clean: async (request) => (last = await cleaner.clean(request)) };
const deidentifier = new Deidentifier(
  {
    keys: { keyId: 'score', secret: Buffer.alloc(32, 7) },
    profile: await loadDeidProfile('retrieval'),
    allowUncleanedPixels: false,
    pixels: 'clean',
  },
  { pixelCleaner: recording },
);
if (values.misses !== undefined) mkdirSync(values.misses, { recursive: true });

async function cleanAlone(bytes) {
  const read = readDataset(bytes);
  const picture = read.kind === 'read' ? read.dataset.elements.find(({ tag }) => tag === 0x7fe00010) : undefined;
  if (picture === undefined) return undefined;
  const nobody = { patientNames: [], otherNames: [], rawNames: [], ids: [], phrases: [], dates: [], uids: [] };
  const evidence = Object.fromEntries(Object.entries(nobody).map(([kind, values]) => [kind, new Set(values)]));
  return cleaner.clean({ dataset: read.dataset, picture, evidence });
}

const texts = [];
const pictures = [];
const started = Date.now();
for (const [index, one] of cases.entries()) {
  last = undefined;
  const bytes = readFileSync(one.path);
  const outcome = await deidentifier.deidentifyObject(bytes);
  // What is held for another reason is cleaned all the same: its picture counts.
  last ??= await cleanAlone(bytes);
  const frames = last?.masks?.map(({ frame }) => frame) ?? [];
  const masksOn = (frame) => (last?.masks ?? []).filter((mask) => frame === null || mask.frame === frame);
  pictures.push({
    ...one,
    texts: one.texts.length,
    outcome: outcome.kind === 'deidentified' ? 'out' : outcome.reason,
    masked: frames.length > 0,
    area: (last?.masks ?? []).reduce((sum, { width, height }) => sum + width * height, 0),
  });
  const looked = new Set(frames).size;
  for (const text of one.texts) {
    // On every frame: the one that is covered least counts.
    const where = text.frame === null ? [...new Set([0, ...frames])] : [text.frame];
    const share = Math.min(...where.map((frame) => coveredShare(text.box, masksOn(frame))));
    texts.push({
      ...text,
      ...{ name: one.name, set: one.set, part: one.part, looked },
      held: outcome.kind !== 'deidentified',
      share,
      kept: !touches(text.box, masksOn(where[0])),
    });
  }
  const isMiss = texts.slice(-one.texts.length || texts.length).some((text) => text.phi && text.share < COVERED);
  const isLoss = one.texts.length === 0 && frames.length > 0;
  if (values.misses !== undefined && (isMiss || isLoss)) await save(one, isMiss ? 'miss' : 'loss', outcome);
  if ((index + 1) % 50 === 0)
    console.error(`${index + 1} of ${cases.length}, ${Math.round((Date.now() - started) / 1000)} s`);
}
await close();

async function save(one, kind, outcome) {
  const source = outcome.kind === 'deidentified' ? { bytes: outcome.bytes } : { path: one.path };
  const shown = await viewer.render({ source, frames: [0], target: { kind: 'png' } });
  if (shown.kind === 'rendered')
    writeFileSync(join(values.misses, `${kind}-${one.name.replace(/\W/g, '_')}.png`), shown.frames[0].data);
}
await viewer.stop();

const percent = (share) => `${(100 * share).toFixed(2)} %`;
function row(name, all, hit) {
  const hits = all.filter(hit).length;
  const [low, high] = interval(hits, all.length);
  return {
    name,
    n: all.length,
    hits,
    share: percent(hits / Math.max(1, all.length)),
    interval: `${percent(low)} to ${percent(high)}`,
  };
}
function by(list, key, hit) {
  return [...new Set(list.map(key))].sort().map((value) =>
    row(
      String(value),
      list.filter((one) => key(one) === value),
      hit,
    ),
  );
}

const phi = texts.filter((text) => text.phi);
const technical = texts.filter((text) => !text.phi);
const isCovered = ({ share }) => share >= COVERED;
const free = pictures.filter((picture) => picture.texts === 0);
const tables = {
  'identifying texts covered': [
    row('all', phi, isCovered),
    ...by(phi, ({ set, part }) => `${set}, ${part}`, isCovered),
    ...by(phi, ({ text }) => scriptOf(text), isCovered),
    ...by(phi, ({ kind }) => kind, isCovered),
    ...by(
      phi,
      ({ fontPx }) => `${fontPx <= 8 ? '7 to 8' : fontPx <= 10 ? '9 to 10' : fontPx <= 12 ? '11 to 12' : 'over 12'} px`,
      isCovered,
    ),
    ...by(phi, ({ atEdge }) => (atEdge ? 'at the edge' : 'inside'), isCovered),
  ],
  'pictures without listed text that lose a pixel': [
    row('all', free, ({ masked }) => masked),
    ...by(
      free,
      ({ part }) => part,
      ({ masked }) => masked,
    ),
    ...by(
      free,
      ({ modality }) => modality,
      ({ masked }) => masked,
    ),
  ],
  'technical marks kept': [
    row('all', technical, ({ kept }) => kept),
    ...by(
      technical,
      ({ text }) => text.replace(/\d+/g, 'n'),
      ({ kept }) => kept,
    ),
  ],
  'objects that came out': [
    row('all', pictures, ({ outcome }) => outcome === 'out'),
    ...by(
      pictures,
      ({ outcome }) => outcome,
      () => true,
    ),
  ],
};
for (const [title, rows] of Object.entries(tables)) {
  console.log(`\n${title}`);
  for (const { name, n, hits, share, interval: range } of rows)
    console.log(
      `  ${name.padEnd(28)} ${String(hits).padStart(5)} / ${String(n).padEnd(5)} ${share.padStart(9)}  (${range})`,
    );
}
console.log('\nnot covered');
for (const text of phi.filter((one) => !isCovered(one)))
  console.log(`  ${text.name} ${text.text} ${text.box.join()} ${percent(text.share)}${text.held ? ' (held)' : ''}`);
console.log('\nlost without listed text');
for (const picture of free.filter(({ masked }) => masked)) console.log(`  ${picture.name} ${picture.area} px`);
const seconds = (Date.now() - started) / 1000;
console.log(`\n${cases.length} objects in ${seconds.toFixed(0)} s`);
if (values.json !== undefined)
  writeFileSync(values.json, JSON.stringify({ tables, texts, pictures, seconds }, null, 1));

const share = (list, hit) => list.filter(hit).length / Math.max(1, list.length);
const holds = share(phi, isCovered) >= 0.99 && share(free, ({ masked }) => masked) <= 0.02;
process.exitCode = holds ? 0 : 1;
