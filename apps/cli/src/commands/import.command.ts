import { readFile, stat } from 'node:fs/promises';
import { Command } from 'commander';
import { CodedError } from '@precedent/kernel';
import { EXIT } from '../exit-codes.ts';
import { note, printJson, say } from '../terminal/output.ts';
import { table } from '../terminal/table.ts';
import type { ImportReport } from './import-directory.ts';
import { importDirectory } from './import-directory.ts';
import type { ServiceOptions } from './service-options.ts';
import { addServiceOptions } from './service-options.ts';
import type { PassedOver } from './walk-files.ts';
import { isUnseen } from './walk-files.ts';
import { withService } from './with-service.ts';

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
  const outcomes = await readInput(directory, options.outcomes);
  const quiet = options.json === true;
  const report = await withService(options, ({ client }) => importDirectory(client, { directory, outcomes, quiet }));
  if (options.json === true) printJson(report);
  else print(report);
  const lacking = shortfall(report);
  if (lacking !== null) note(`precedent: ${lacking}`);
  process.exitCode = lacking === null ? EXIT.ok : EXIT.failed;
}

/** Looks at what is named before a service is started for it. @returns the outcomes CSV. @throws INPUT_UNREADABLE */
export async function readInput(directory: string, outcomes: string | undefined): Promise<Uint8Array | undefined> {
  await stat(directory).catch((cause: unknown) => {
    throw unreadable(directory, cause);
  });
  if (outcomes === undefined) return undefined;
  return readFile(outcomes).catch((cause: unknown) => {
    throw unreadable(outcomes, cause);
  });
}

function unreadable(path: string, cause: unknown): CodedError {
  const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
  const why = missing ? 'does not exist: check the path' : 'cannot be read: check what it is and who may read it';
  return new CodedError('INPUT_UNREADABLE', `${path} ${why}.`, { cause });
}

/** Why an import is not whole, or null when every file that may be an image has come to its end. */
export function shortfall(report: ImportReport): string | null {
  const unseen = report.passedOver.filter(isUnseen).length;
  if (unseen > 0)
    return `${unseen} file(s) or folder(s) could not be looked into: mend what is named above, import again.`;
  if (report.sent === report.rejected.length) return 'Nothing in it is DICOM: check the path.';
  if (report.accounted) return null;
  return 'Not every instance is accounted for: look at the log in the data folder and run the import again.';
}

/** Shown at most; the JSON report has all. */
const NAMED_FILES = 10;

/** What nobody could look into comes first: it is what the user must act on. */
const leftOut = ({ passedOver, rejected }: ImportReport): readonly PassedOver[] => [
  ...passedOver.filter(isUnseen),
  ...passedOver.filter((file) => !isUnseen(file)),
  ...rejected,
];

function print(report: ImportReport): void {
  say('');
  say(
    table(
      ['what became of the files', 'count'],
      [
        ['found', report.files],
        [
          'passed over (not DICOM, empty, DICOMDIR, link, unreadable)',
          report.passedOver.length + report.rejected.length,
        ],
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
  for (const { path, reason } of leftOut(report).slice(0, NAMED_FILES)) say(`  passed over: ${path} (${reason})`);
  const unnamed = report.passedOver.length + report.rejected.length - NAMED_FILES;
  if (unnamed > 0) say(`  … and ${unnamed} more; --json names all.`);
  if (report.skippedOutcomeLines.length > 0)
    say(`  outcome lines without a study UID: ${report.skippedOutcomeLines.slice(0, 20).join(', ')}`);
}
