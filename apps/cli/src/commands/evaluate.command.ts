import { Command } from 'commander';
import type { EvaluationReport } from '@precedent/bias';
import { dataDirectory } from '../cli.config.ts';
import { useService } from '../client/use-service.ts';
import { printJson, say } from '../terminal/output.ts';
import { evaluationTable } from './evaluation-table.ts';
import type { ServiceOptions } from './service-options.ts';
import { addServiceOptions, serveArguments } from './service-options.ts';

export interface Evaluation {
  readonly studies: number;
  readonly space: string;
  readonly reports: readonly (EvaluationReport & { readonly labels: readonly string[] })[];
}

interface Options extends ServiceOptions {
  readonly label: readonly string[];
  readonly seed: string;
  readonly bootstrap: string;
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
    .option('--seed <n>', 'seed of the bootstrap', '20261124')
    .option('--bootstrap <n>', 'resamples of patients', '1000')
    .option('--json', 'print as JSON');
  return addServiceOptions(command).action(run);
}

async function run(options: Options): Promise<void> {
  const service = await useService(dataDirectory(options.dataDir), serveArguments(options));
  try {
    const evaluation = await service.client.evaluate<Evaluation>({
      labels: options.label.map((label) => label.split(',').map((name) => name.trim())),
      seed: Number(options.seed),
      bootstrap: Number(options.bootstrap),
    });
    if (options.json === true) printJson(evaluation);
    else evaluation.reports.forEach((report) => say(evaluationTable(report)));
  } finally {
    await service.stop();
  }
}
