import type { EvaluationItem } from './types.ts';

/** Studies of one label. */
export interface LabelledClass {
  readonly label: string;
  readonly items: readonly EvaluationItem[];
  readonly patients: number;
}

/** A class of one patient has nothing to find: that patient's own studies never answer. */
const FEWEST_PATIENTS = 2;

/** @returns classes that can be evaluated and those that cannot, largest first; unlabelled studies are in neither. */
export function partitionClasses(items: readonly EvaluationItem[]): {
  readonly evaluated: readonly LabelledClass[];
  readonly leftOut: readonly LabelledClass[];
} {
  const labelled = groupByLabel(items.filter(({ label }) => label !== ''));
  const classes = [...labelled.entries()]
    .map(([label, own]) => ({ label, items: own, patients: countPatients(own) }))
    .sort((one, other) => other.items.length - one.items.length || (one.label < other.label ? -1 : 1));
  const canBeEvaluated = ({ patients }: LabelledClass): boolean => patients >= FEWEST_PATIENTS;
  return { evaluated: classes.filter(canBeEvaluated), leftOut: classes.filter((each) => !canBeEvaluated(each)) };
}

const countPatients = (items: readonly EvaluationItem[]): number =>
  new Set(items.map(({ patientKey }) => patientKey)).size;

function groupByLabel(items: readonly EvaluationItem[]): Map<string, EvaluationItem[]> {
  const groups = new Map<string, EvaluationItem[]>();
  for (const item of items) {
    const group = groups.get(item.label);
    if (group === undefined) groups.set(item.label, [item]);
    else group.push(item);
  }
  return groups;
}
