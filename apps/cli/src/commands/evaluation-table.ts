import type { EvaluationReport } from '@precedent/bias';
import { table } from '../terminal/table.ts';

const percent = (share: number): string => (100 * share).toFixed(1);
const withInterval = ({ value, low, high }: { value: number; low: number; high: number }): string =>
  `${percent(value)} [${percent(low)}, ${percent(high)}]`;

type Labelled = EvaluationReport & { readonly labels: readonly string[] };

/** Precision per class against random, with patient-clustered 95 % intervals, in percent. */
export function evaluationTable(report: Labelled): string {
  const rows = report.classes.map((c) => [
    c.label,
    c.studies,
    withInterval(c.metrics.p5),
    percent(c.random.p5),
    percent(c.metrics.p1.value),
    percent(c.metrics.p10.value),
    percent(c.metrics.map10.value),
  ]);
  const summary = (['micro', 'macro'] as const).map((kind) => {
    const { metrics, random } = report[kind];
    const others = [metrics.p1, metrics.p10, metrics.map10].map(({ value }) => percent(value));
    return [`${kind} mean`, report.queries, withInterval(metrics.p5), percent(random.p5), ...others];
  });
  const head = [report.labels.join(' × '), 'studies', 'P@5 [95 %]', 'random', 'P@1', 'P@10', 'mAP@10'];
  const text = table(head, [...rows, ...summary]);
  const left = report.leftOut.length;
  const note = left === 0 ? '' : `\n${left} classes of a single patient take no part.`;
  return `\n${text}\n${report.queries} queries of ${report.patients} patients, leave-one-patient-out, percent.${note}`;
}
