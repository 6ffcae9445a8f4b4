// Rows of an evaluation report, as the page's tables and its chart both show them.
import { readFile } from 'node:fs/promises';

/** Below this a class has so few studies that its figure says nothing. */
export const FEWEST_STUDIES = 5;

/** @param file what `precedent evaluate --json` printed */
export async function readEvaluation(file) {
  const evaluation = JSON.parse(await readFile(file, 'utf8'));
  if (!Array.isArray(evaluation.reports)) throw new Error(`${file} is not the output of \`precedent evaluate --json\``);
  return evaluation;
}

/** Classes large enough to be shown, largest first, then both means; `shown` studies have a row of their own. */
export function rowsOf(report) {
  const classes = report.classes.filter((c) => c.studies >= FEWEST_STUDIES);
  const means = ['micro', 'macro'].map((kind) => ({
    label: `${kind} mean, all ${report.classes.length} classes`,
    studies: report.queries,
    patients: report.patients,
    ...report[kind],
  }));
  return { classes, means, small: report.classes.length - classes.length };
}

export const percent = (share) => (100 * share).toFixed(1);
