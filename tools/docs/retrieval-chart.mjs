// docs/images/retrieval-p5.svg: P@5 with its interval by class, beside chance.
//
//   precedent evaluate --data-dir DIR --json > eval.json
//   node tools/docs/retrieval-chart.mjs eval.json [FILE.svg]
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { percent, readEvaluation, rowsOf } from './report-rows.mjs';

const OUT = fileURLToPath(new URL('../../docs/images/retrieval-p5.svg', import.meta.url));
const SIZE = { width: 900, left: 300, right: 120, row: 22, head: 46, gap: 26, foot: 34 };
const PLOT = SIZE.width - SIZE.left - SIZE.right;
const STYLE = `text { font: 13px system-ui, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif; fill: #1f2933 }
    .h { font-weight: 600; font-size: 14px } .dim { fill: #52606d; font-size: 12px } .b { font-weight: 600 }`;

const escape = (text) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
const x = (share) => (SIZE.left + share * PLOT).toFixed(1);

function rowMarks({ label, studies, metrics, random }, y, bold) {
  const { value, low, high } = metrics.p5;
  const kind = bold ? ' class="b"' : '';
  return `<text x="${SIZE.left - 62}" y="${y + 4}" text-anchor="end"${kind}>${escape(label)}</text>
  <text x="${SIZE.left - 14}" y="${y + 4}" text-anchor="end" class="dim">${studies}</text>
  <path d="M${x(low)} ${y}H${x(high)}" stroke="#6b9ac4" stroke-width="${bold ? 6 : 4}"/>
  <circle cx="${x(value)}" cy="${y}" r="4.5" fill="#1f4e79"/>
  <path d="M${x(random.p5)} ${y - 8}V${y + 8}" stroke="#c2410c" stroke-width="2.5"/>
  <text x="${SIZE.width - SIZE.right + 14}" y="${y + 4}"${kind}>${percent(value)}</text>
  <text x="${SIZE.width - SIZE.right + 54}" y="${y + 4}" class="dim">(${percent(random.p5)})</text>`;
}

function grid(top, bottom) {
  return [0, 0.25, 0.5, 0.75, 1].map(
    (share) => `<path d="M${x(share)} ${top}V${bottom}" stroke="#e4e7eb"/>
  <text x="${x(share)}" y="${bottom + 15}" text-anchor="middle" class="dim">${share * 100} %</text>`,
  );
}

/** One panel a report. @returns its marks and where it ends. */
function panel(report, top) {
  const { classes, means } = rowsOf(report);
  const rows = [...classes, ...means];
  const first = top + SIZE.head;
  const bottom = first + rows.length * SIZE.row - 6;
  const heads = `<text x="12" y="${top + 18}" class="h">by ${escape(report.labels.join(' × '))}</text>
  <text x="${SIZE.left - 14}" y="${top + 18}" text-anchor="end" class="dim">studies</text>
  <text x="${SIZE.width - SIZE.right + 14}" y="${top + 18}" class="dim">P@5 (random)</text>`;
  const marks = rows.map((row, i) => rowMarks(row, first + i * SIZE.row, i >= classes.length));
  return { marks: [heads, ...grid(top + 28, bottom), ...marks].join('\n  '), bottom: bottom + SIZE.gap };
}

function chart({ reports }) {
  const panels = [];
  let top = 8;
  for (const report of reports) {
    const { marks, bottom } = panel(report, top);
    panels.push(marks);
    top = bottom;
  }
  const height = top + SIZE.foot;
  const legend = `<circle cx="20" cy="${height - 22}" r="4.5" fill="#1f4e79"/><text x="32" y="${height - 18}" class="dim">P@5, with 95 % interval over patients</text>
  <path d="M290 ${height - 30}v16" stroke="#c2410c" stroke-width="2.5"/><text x="300" y="${height - 18}" class="dim">random order of the same archive</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${height}" width="${SIZE.width}" height="${height}" role="img" aria-label="P@5 by class against random">
  <style>${STYLE}</style>
  <rect width="${SIZE.width}" height="${height}" rx="8" fill="#ffffff"/>
  ${panels.join('\n  ')}
  ${legend}
</svg>
`;
}

const [, , input = '', out = OUT] = process.argv;
await writeFile(out, chart(await readEvaluation(input)));
