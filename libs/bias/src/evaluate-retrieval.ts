import { clusteredMean, quantile } from './domain/cluster-bootstrap.ts';
import type { QueryScores } from './domain/query-scores.ts';
import { scoreQuery } from './domain/query-scores.ts';
import { seededRandom } from './domain/random.ts';
import type {
  ClassResult,
  Estimate,
  EvaluationInput,
  EvaluationItem,
  EvaluationReport,
  RandomBaseline,
  RetrievalMetrics,
} from './domain/types.ts';

const MIN_RESAMPLES = 100;
type Metric = keyof RetrievalMetrics;
const METRICS: readonly Metric[] = ['p1', 'p5', 'p10', 'map10'];

/**
 * Retrieval quality of ranked lists: P@1/5/10 and mAP@10 per class, over all queries (micro) and over classes (macro), beside what
 * random ranking would reach, with 95 % intervals from resampling patients.
 * @throws RangeError without a seed or with too few resamples: an interval that cannot be repeated is not evidence.
 */
export function evaluateRetrieval(input: EvaluationInput): EvaluationReport {
  if (!Number.isInteger(input.seed)) throw new RangeError('an evaluation needs an integer seed');
  if (!(input.bootstrap >= MIN_RESAMPLES))
    throw new RangeError(`an evaluation needs at least ${MIN_RESAMPLES} resamples`);
  const labelled = input.items.filter((item) => item.label !== '');
  const classes = groupBy(labelled, (item) => item.label);
  const judged = [...classes].filter(([, items]) => patientsOf(items).size >= 2);
  const scores = scoreAll(
    judged.flatMap(([, items]) => items),
    labelled,
    classes,
    input.rankings,
  );
  const byClass = groupBy(scores, (score) => score.item.label);
  return {
    queries: scores.length,
    patients: new Set(scores.map((score) => score.item.patientKey)).size,
    micro: { metrics: microMetrics(scores, input), random: meanRandom(scores) },
    macro: { metrics: macroMetrics(byClass, input), random: meanOfClasses([...byClass.values()].map(meanRandom)) },
    classes: [...byClass].map(([label, of]) => classResult(label, of, input)).sort(bySize),
    leftOut: [...classes]
      .filter(([label]) => !byClass.has(label))
      .map(([label, items]) => ({ label, studies: items.length }))
      .sort((a, b) => (a.label < b.label ? -1 : 1)),
    seed: input.seed,
    bootstrap: input.bootstrap,
  };
}

function scoreAll(
  queries: readonly EvaluationItem[],
  labelled: readonly EvaluationItem[],
  classes: ReadonlyMap<string, readonly EvaluationItem[]>,
  rankings: EvaluationInput['rankings'],
): QueryScores[] {
  const byKey = new Map(labelled.map((item) => [item.studyKey, item]));
  const ofPatient = groupBy(labelled, (item) => item.patientKey);
  return queries.map((item) => {
    const own = ofPatient.get(item.patientKey) ?? [];
    const ownOfClass = own.filter((other) => other.label === item.label).length;
    const relevant = (classes.get(item.label)?.length ?? 0) - ownOfClass;
    const ranked = (rankings.get(item.studyKey) ?? []).flatMap((key) => byKey.get(key) ?? []);
    const foreign = ranked.filter((answer) => answer.patientKey !== item.patientKey);
    return scoreQuery(item, foreign, relevant, labelled.length - own.length);
  });
}

function estimate(scores: readonly QueryScores[], metric: Metric, input: EvaluationInput): Estimate {
  const clusters = [...groupBy(scores, (score) => score.item.patientKey).values()].map((of) => ({
    sum: of.reduce((sum, score) => sum + score[metric], 0),
    count: of.length,
  }));
  return clusteredMean(clusters, input.seed, input.bootstrap);
}

function microMetrics(scores: readonly QueryScores[], input: EvaluationInput): RetrievalMetrics {
  return metricsBy((metric) => estimate(scores, metric, input));
}

function metricsBy(of: (metric: Metric) => Estimate): RetrievalMetrics {
  const [p1, p5, p10, map10] = METRICS.map(of) as [Estimate, Estimate, Estimate, Estimate];
  return { p1, p5, p10, map10 };
}

/** Each class counts the same. Patients are resampled over all classes at once, since one may have studies of several. */
function macroMetrics(byClass: ReadonlyMap<string, readonly QueryScores[]>, input: EvaluationInput): RetrievalMetrics {
  const classIndex = new Map([...byClass.keys()].map((label, at) => [label, at]));
  const patients = [...groupBy([...byClass.values()].flat(), (score) => score.item.patientKey).values()];
  return metricsBy((metric) => {
    const contributions = patients.map((scores) =>
      scores.map((score) => ({ at: classIndex.get(score.item.label) ?? 0, value: score[metric] })),
    );
    return macroEstimate(contributions, classIndex.size, input);
  });
}

type Contribution = readonly { readonly at: number; readonly value: number }[];

function macroEstimate(patients: readonly Contribution[], classes: number, input: EvaluationInput): Estimate {
  const random = seededRandom(input.seed);
  const draws = Array.from({ length: input.bootstrap }, () =>
    macroMean(
      Array.from({ length: patients.length }, () => patients[Math.floor(random() * patients.length)] ?? []),
      classes,
    ),
  ).sort((a, b) => a - b);
  return { value: macroMean(patients, classes), low: quantile(draws, 0.025), high: quantile(draws, 0.975) };
}

/** Mean of class means; a class that a resample does not hold takes no part in it. */
function macroMean(patients: readonly Contribution[], classes: number): number {
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  for (const contributions of patients) {
    for (const { at, value } of contributions) {
      sums[at] = (sums[at] ?? 0) + value;
      counts[at] = (counts[at] ?? 0) + 1;
    }
  }
  let total = 0;
  let present = 0;
  for (let at = 0; at < classes; at++) {
    const count = counts[at] ?? 0;
    if (count === 0) continue;
    total += (sums[at] ?? 0) / count;
    present += 1;
  }
  return present === 0 ? 0 : total / present;
}

function classResult(label: string, scores: readonly QueryScores[], input: EvaluationInput): ClassResult {
  return {
    label,
    studies: scores.length,
    patients: new Set(scores.map((score) => score.item.patientKey)).size,
    metrics: microMetrics(scores, input),
    random: meanRandom(scores),
  };
}

function meanRandom(scores: readonly QueryScores[]): RandomBaseline {
  const mean = (at: 0 | 1 | 2): number =>
    scores.length === 0 ? 0 : scores.reduce((sum, s) => sum + s.random[at], 0) / scores.length;
  return { p1: mean(0), p5: mean(1), p10: mean(2) };
}

function meanOfClasses(baselines: readonly RandomBaseline[]): RandomBaseline {
  const mean = (of: keyof RandomBaseline): number =>
    baselines.length === 0 ? 0 : baselines.reduce((sum, b) => sum + b[of], 0) / baselines.length;
  return { p1: mean('p1'), p5: mean('p5'), p10: mean('p10') };
}

const bySize = (a: ClassResult, b: ClassResult): number => b.studies - a.studies || (a.label < b.label ? -1 : 1);
const patientsOf = (items: readonly EvaluationItem[]): Set<string> => new Set(items.map((item) => item.patientKey));

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
