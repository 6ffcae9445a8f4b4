// The tables of docs/retrieval.md, as Markdown on standard output.
//
//   precedent evaluate --data-dir DIR --json > eval.json
//   node tools/docs/retrieval-tables.mjs eval.json
import { percent, readEvaluation, rowsOf } from './report-rows.mjs';

const HEAD = 'studies | patients | P@5 | 95 % | random P@5 | P@1 | P@10 | mAP@10 | random mAP@10';

function line({ label, studies, patients, metrics, random }) {
  const { value, low, high } = metrics.p5;
  const figures = [metrics.p1, metrics.p10, metrics.map10].map((metric) => percent(metric.value));
  const interval = `${percent(low)}–${percent(high)}`;
  const cells = [label, studies, patients, `**${percent(value)}**`, interval, percent(random.p5), ...figures];
  return `| ${[...cells, percent(random.map10)].join(' | ')} |`;
}

function table(report) {
  const { classes, means } = rowsOf(report);
  const head = `| ${report.labels.join(' × ')} | ${HEAD} |`;
  const rule = `|---|${'---:|'.repeat(HEAD.split('|').length)}`;
  return [head, rule, ...[...classes, ...means].map(line)].join('\n');
}

const { reports } = await readEvaluation(process.argv[2] ?? '');
process.stdout.write(`${reports.map(table).join('\n\n')}\n`);
