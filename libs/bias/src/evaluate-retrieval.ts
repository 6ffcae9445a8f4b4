import { biasFault } from './bias.errors.ts';
import { classAnswerer } from './domain/answered-class.ts';
import { checkInput } from './domain/checked-input.ts';
import { partitionClasses } from './domain/classes.ts';
import { summarise } from './domain/summarise.ts';
import type { EvaluationInput, EvaluationReport } from './domain/types.ts';

/**
 * Quality of retrieval over an index that asks itself: P@1, P@5, P@10 and mAP@10 as shares, per class and overall, beside
 * chance, with 95 % intervals over patients. Pure: same input, same report.
 * @throws CodedError BIAS_* where the input would give a wrong figure.
 */
export function evaluateRetrieval(input: EvaluationInput): EvaluationReport {
  const { resamples, answersOutside, labelOf } = checkInput(input);
  const { evaluated, leftOut } = partitionClasses(input.items);
  if (evaluated.length === 0) throw biasFault('BIAS_NOTHING_TO_EVALUATE');
  return {
    ...summarise(evaluated.map(classAnswerer(input, labelOf)), { resamples, seed: input.seed }),
    leftOut: leftOut.map(({ label, items, patients }) => ({ label, studies: items.length, patients })),
    unlabelled: input.items.filter(({ label }) => label === '').length,
    answersOutside,
    seed: input.seed,
    bootstrap: resamples,
  };
}
