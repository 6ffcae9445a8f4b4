// The answer to one question as a page: query, similar cases, and how good such answers are by class.
const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const percent = (share) => (100 * share).toFixed(1);

const STYLE = `
  body { margin: 0; padding: 20px 24px; width: 1152px; background: #fff; color: #1f2933;
         font: 14px/1.35 system-ui, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif }
  h1 { font-size: 21px; margin: 0 0 12px } h2 { font-size: 16px; margin: 20px 0 8px }
  .cases { display: flex; gap: 12px; align-items: stretch }
  .case { width: 172px; border: 1px solid #cbd2d9; border-radius: 6px; overflow: hidden; flex: none }
  .query { width: 214px; border: 2px solid #2b6cb0; margin-right: 6px }
  .pic { background: #000; height: 172px; display: flex; align-items: center; justify-content: center }
  .query .pic { height: 214px } .pic img { width: 100%; height: 100%; object-fit: contain }
  .text { padding: 8px 9px } .head { display: flex; justify-content: space-between; font-weight: 600 }
  .query .head { color: #2b6cb0 } .dim { color: #52606d } .end { margin-top: 5px; font-weight: 600 }
  .small { font-size: 12.5px; color: #52606d }
  table { border-collapse: collapse; width: 100% } th { text-align: left; font-weight: 600; border-bottom: 1px solid #829ab1 }
  th, td { padding: 2.5px 8px } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
  tr.mean td { border-top: 1px solid #cbd2d9; font-weight: 600 } .notice { margin-top: 12px }`;

const image = (png) => `<div class="pic"><img src="data:image/png;base64,${png.toString('base64')}"></div>`;

function outcomeOf({ outcome }) {
  const { diagnosis = 'unknown', confirmed_by: by = '' } = outcome ?? {};
  return `<div class="end">${escape(diagnosis)}</div><div class="small">${by === '' ? '' : `confirmed by ${escape(by)}`}</div>`;
}

function caseCard(study, head, kind = '') {
  const who = `${study.sex}, ${study.ageBand}`;
  const text = `<div class="head">${head}</div>
    <div>${escape(study.modality)} ${escape(study.outcome?.site ?? study.bodyPart)}</div><div class="dim">${escape(who)}</div>`;
  return `<div class="case ${kind}">${image(study.png)}<div class="text">${text}${outcomeOf(study)}</div></div>`;
}

const WIDTH = 300;
const across = (share) => (share * WIDTH).toFixed(1);

/** P@5 with its interval as a bar, chance as a mark. */
function bar({ value, low, high }, chance) {
  return `<svg width="${WIDTH + 8}" height="14" viewBox="-4 0 ${WIDTH + 8} 14">
    <rect width="${WIDTH}" height="14" fill="#f0f4f8"/><rect y="2" width="${across(value)}" height="10" fill="#8fb8de"/>
    <path d="M${across(low)} 7H${across(high)}" stroke="#1f4e79" stroke-width="2"/>
    <path d="M${across(chance)} 0V14" stroke="#c2410c" stroke-width="2.5"/></svg>`;
}

function row(label, studies, { metrics, random }, kind = '') {
  const { value, low, high } = metrics.p5;
  return `<tr class="${kind}"><td>${escape(label)}</td><td class="n">${studies}</td><td class="n">${percent(value)}</td>
    <td class="n">${percent(low)} – ${percent(high)}</td><td class="n">${percent(random.p5)}</td><td>${bar(metrics.p5, random.p5)}</td></tr>`;
}

function classTable(report) {
  const rows = report.classes.map((c) => row(c.label, c.studies, c));
  const means = ['micro', 'macro'].map((kind) => row(`${kind} mean`, report.queries, report[kind], 'mean'));
  return `<table><tr><th>modality × body region</th><th class="n">studies</th><th class="n">P@5 %</th><th class="n">95 % interval</th>
    <th class="n">random %</th><th>0 – 100 %, line: interval, red: random</th></tr>${[...rows, ...means].join('')}</table>`;
}

/** @param results similar cases with `rank`, `score` and `png`, best first */
export function answerPage({ query, results, notice, report }) {
  const cards = results.map((c) => caseCard(c, `<span>${c.rank}</span><span>${c.score.toFixed(3)}</span>`));
  return `<!doctype html><html lang="en"><meta charset="utf-8"><style>${STYLE}</style><body>
    <h1>What did this look like before, and how did it end?</h1>
    <div class="cases">${caseCard(query, 'the study asked about', 'query')}${cards.join('')}</div>
    <h2>How often the first five are of the same class: ${report.queries} queries of ${report.patients} patients, leave-one-patient-out</h2>
    ${classTable(report)}
    <div class="notice small">Invented patients; pictures are drawn phantoms. On them these figures show that the way works, and nothing about
    clinical images. ${escape(notice)}</div></body></html>`;
}
