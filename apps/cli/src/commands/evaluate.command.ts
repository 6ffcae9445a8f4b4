import { Command } from 'commander';
import type { EvaluationReport } from '@precedent/bias';
import { printJson, say } from '../terminal/output.ts';
import { evaluationTable } from './evaluation-table.ts';
import { wholeNumber } from './parse-options.ts';
import type { ServiceOptions } from './service-options.ts';
import { addServiceOptions } from './service-options.ts';
import { askService } from './with-service.ts';

export interface Evaluation {
  readonly studies: number;
  readonly space: string;
  readonly reports: readonly (EvaluationReport & { readonly labels: readonly string[] })[];
}

interface Options extends ServiceOptions {
  readonly label: readonly string[];
  readonly seed: number;
  readonly bootstrap: number;
  readonly json?: boolean;
}

const DEFAULT_LABELS = ['body_region', 'modality,site'];

export function evaluateCommand(): Command {
  const collect = (value: string, earlier: readonly string[]): string[] =>
    earlier === DEFAULT_LABELS ? [value] : [...earlier, value];
  const command = new Command('evaluate')
    .description(
      'Retrieval quality over the archive: every study asks, the same patient never answers (leave-one-patient-out).',
    )
    .option(
      '--label <columns>',
      'class by one outcome column or several joined by a comma; repeat for more',
      collect,
      DEFAULT_LABELS,
    )
    .option('--seed <n>', 'seed of the bootstrap', wholeNumber(0, Number.MAX_SAFE_INTEGER), 20_261_124)
    .option('--bootstrap <n>', 'resamples of patients', wholeNumber(100, 10_000), 1000)
    .option('--json', 'print as JSON');
  return addServiceOptions(command).action(run);
}

async function run(options: Options): Promise<void> {
  const labels = options.label.map((label) => label.split(',').map((name) => name.trim()));
  const { seed, bootstrap } = options;
  const evaluation = await askService(options, ({ client }) =>
    client.evaluate<Evaluation>({ labels, seed, bootstrap }),
  );
  if (options.json === true) printJson(evaluation);
  else evaluation.reports.forEach((report) => say(evaluationTable(report)));
}
