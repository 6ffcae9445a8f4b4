// docs/images/answer.png: one question to the demo's archive, its five similar cases, and the precision by class.
//
//   node apps/cli/bin/precedent.js demo --once --data-dir DIR
//   node tools/docs/answer-picture.mjs --data-dir DIR [--where modality=CT --where site=Brain] [--out FILE] [--chromium PROGRAM]
//
// The question is the first study by key that fits --where, not the best looking one. Use it on the built-in cohort only: a
// picture in the documentation must never show a patient. It refuses a folder without the cohort's marker.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { answerPage } from './answer-page.mjs';
import { renderPage } from './render-page.mjs';
import { useService } from './service.mjs';

const OUT = fileURLToPath(new URL('../../docs/images/answer.png', import.meta.url));
const CASES = 5;
const MAX_SIDE = 400;
const WIDTH = 1200;

function options() {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      where: { type: 'string', multiple: true, default: ['modality=CT'] },
      out: { type: 'string', default: OUT },
      chromium: { type: 'string', default: 'chromium' },
    },
  });
  const dataDir = values['data-dir'];
  if (dataDir === undefined || !existsSync(join(dataDir, 'cohort', 'cohort.json')))
    throw new Error('--data-dir must be a folder of the demo on its built-in cohort: no patient may be pictured here');
  const where = values.where.map((condition) => condition.split('='));
  return { dataDir, where, out: values.out, chromium: values.chromium };
}

const fits = (study, where) => where.every(([name, value]) => (study.outcome?.[name] ?? study[name]) === value);

/** The first indexed study by key that fits: an order that is the same every time. */
async function chooseQuery(service, where) {
  const keys = [];
  for (let next = ''; next !== null;) {
    const page = await service.get(`/v1/studies?limit=500${next === '' ? '' : `&cursor=${next}`}`);
    keys.push(...page.studies.flatMap((s) => (s.state === 'indexed' ? [s.studyKey] : [])));
    next = page.next;
  }
  for (const key of keys.sort()) {
    const study = await service.get(`/v1/cases/${key}`);
    if (fits(study, where)) return study;
  }
  throw new Error(`no indexed study fits ${where.map((pair) => pair.join('=')).join(', ')}`);
}

/** @param frameId `<image key>.<frame>`, as an answer names what matched best */
async function withPicture(service, study, frameId) {
  const [imageKey, frame] = frameId.split('.');
  return { ...study, png: await service.bytes(`/v1/images/${imageKey}/rendered?maxSide=${MAX_SIDE}&frame=${frame}`) };
}

/** Shown are the frames that matched best: of each case its own, of the question the one nearest to the first case. */
async function ask(service, where) {
  const asked = await chooseQuery(service, where);
  const { results, notice } = await service.post('/v1/similar-cases', { studyKey: asked.studyKey, k: CASES });
  const { reports } = await service.post('/v1/evaluations', { labels: [['modality', 'body_region']], bootstrap: 1000 });
  const query = await withPicture(service, asked, results[0].bestMatch.query);
  const pictured = [];
  for (const result of results) pictured.push(await withPicture(service, result, result.bestMatch.image));
  return { query, results: pictured, notice, report: reports[0] };
}

const { dataDir, where, out, chromium } = options();
const service = await useService(dataDir);
try {
  const { width, height, size } = await renderPage(answerPage(await ask(service, where)), {
    width: WIDTH,
    chromium,
    out,
  });
  process.stdout.write(`${out}: ${width} × ${height}, ${Math.round(size / 1000)} kB\n`);
} finally {
  await service.stop();
}
