import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { CodedError } from '@precedent/kernel';
import { dataDirectory } from '../cli.config.ts';
import { useService } from '../client/use-service.ts';
import { EXIT } from '../exit-codes.ts';
import { untilInterrupted } from '../terminal/interruption.ts';
import { printJson, say } from '../terminal/output.ts';
import { table } from '../terminal/table.ts';
import type { ImportReport } from './import-directory.ts';
import { importDirectory } from './import-directory.ts';
import type { ServiceOptions } from './service-options.ts';
import { addServiceOptions, serveArguments } from './service-options.ts';

interface Options extends ServiceOptions {
  readonly outcomes?: string;
  readonly json?: boolean;
}

export function importCommand(): Command {
  const command = new Command('import')
    .description(
      'Import a folder of DICOM objects: nested folders, DICOMDIR media, any file names. Safe to repeat and to resume.',
    )
    .argument('<dir>', 'folder (or one file)')
    .option('--outcomes <csv>', 'outcomes, one study a line, keyed by the column study_instance_uid')
    .option('--json', 'print the report as JSON');
  return addServiceOptions(command).action(run);
}

async function run(directory: string, options: Options): Promise<void> {
  await readable(directory);
  if (options.outcomes !== undefined) await readable(options.outcomes);
  const service = await useService(dataDirectory(options.dataDir), serveArguments(options));
  try {
    const quiet = options.json === true;
    const work = importDirectory(service.client, { directory, outcomes: options.outcomes, quiet });
    const report = await untilInterrupted(work);
    if (options.json === true) printJson(report);
    else print(report);
    process.exitCode = report.accounted ? EXIT.ok : EXIT.failed;
  } finally {
    await service.stop();
  }
}

async function readable(path: string): Promise<void> {
  await stat(path).catch((cause: unknown) => {
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === 'EACCES' ? 'cannot be read: give this account access to it' : 'does not exist: check the path';
    throw new CodedError('INPUT_UNREADABLE', `${path} ${why}.`, { cause });
  });
}

/** Shown at most; the JSON report has all. */
const NAMED_FILES = 10;

function print(report: ImportReport): void {
  say('');
  say(
    table(
      ['what became of the files', 'count'],
      [
        ['found', report.files],
        ['passed over (not DICOM, empty, DICOMDIR, unreadable)', report.passedOver.length + report.rejected.length],
        ['taken in now', report.stored],
        ['known already', report.duplicates],
        ...Object.entries(report.quarantine).map(([reason, n]) => [`held back: ${reason}`, n]),
        ...Object.entries(report.notIndexable).map(([reason, n]) => [`archived, not searchable: ${reason}`, n]),
      ],
    ),
  );
  const { patients, studies, images, outcomes } = report.archive;
  say(
    `\nArchive: ${studies} studies of ${patients} patients, ${images} images (${report.indexedFrames} indexed), ${outcomes} outcomes.`,
  );
  for (const { path, reason } of [...report.passedOver, ...report.rejected].slice(0, NAMED_FILES))
    say(`  passed over: ${path} (${reason})`);
  const unnamed = report.passedOver.length + report.rejected.length - NAMED_FILES;
  if (unnamed > 0) say(`  … and ${unnamed} more; --json names all.`);
  if (report.skippedOutcomeLines.length > 0)
    say(`  outcome lines without a study UID: ${report.skippedOutcomeLines.slice(0, 20).join(', ')}`);
  if (!report.accounted)
    say('\nNot every instance is accounted for: look at the log in the data folder and run the import again.');
}
