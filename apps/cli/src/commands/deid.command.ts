import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { CodedError } from '@precedent/kernel';
import { EXIT } from '../exit-codes.ts';
import { note, printJson } from '../terminal/output.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { untilInterrupted } from '../terminal/interruption.ts';
import { wholeNumber } from './parse-options.ts';

/** More threads than this only wait for the disk. */
const MAX_JOBS = 64;

interface Options {
  readonly profile: string;
  readonly keyFile: string;
  readonly newKey?: boolean;
  readonly report?: string;
  readonly pixels?: 'clean' | 'off';
  readonly jobs: number;
  readonly json?: boolean;
}

export function deidCommand(): Command {
  return new Command('deid')
    .description('De-identify a folder of DICOM objects into another, without database or server.')
    .argument('<in>', 'folder to read')
    .argument(
      '<out>',
      'folder to write; relative paths are kept (file names are not changed: they are yours to choose)',
    )
    .requiredOption(
      '--key-file <file>',
      'secret key of the pseudonyms, readable by its owner only; made by --new-key, or any secret of 16 bytes or more',
    )
    .option('--new-key', 'make the key file first; an existing one is never replaced')
    .option('--profile <name>', 'profile by name or YAML file', 'retrieval')
    .option('--report <file>', 'one JSON line an input: path, status, reason, actions, digests')
    .option('--jobs <n>', 'files treated at once', wholeNumber(1, MAX_JOBS), Math.min(MAX_JOBS, availableParallelism()))
    .addOption(
      new Option(
        '--pixels <how>',
        'in place of what the profile says: "clean" masks texts in pixels, "off" passes pixels as they are',
      ).choices(['clean', 'off']),
    )
    .option('--json', 'print the counts as JSON')
    .action(run);
}

/** The user's own file and own run: told loudly, not stopped. The service refuses such a key. */
const warnOfKey = (sentence: string): void => note(`WARNING: ${sentence}`);

async function run(inDir: string, outDir: string, options: Options): Promise<void> {
  await stat(inDir).catch((cause: unknown) => {
    throw new CodedError('INPUT_UNREADABLE', `${inDir} does not exist or cannot be read: check the path.`, { cause });
  });
  // Loaded when it is needed: `--help` of any command must not wait for it.
  const { createDeidKeys, deidentifyDirectory, loadDeidKeys, loadDeidProfile } = await import('@precedent/deid');
  const profile = await loadDeidProfile(options.profile);
  const keys = await (options.newKey === true
    ? createDeidKeys(options.keyFile)
    : loadDeidKeys(options.keyFile, { onUnsafe: warnOfKey }));
  if ((options.pixels ?? profile.rules.pixels) === 'off')
    note('Pixels are passed UNCLEANED: texts in the pictures, if any, stay.');
  const bar = new ProgressBar('deid', options.json === true);
  const report = options.report === undefined ? {} : { report: options.report };
  const counts = await untilInterrupted(
    deidentifyDirectory({
      inDir,
      outDir,
      options: {
        keys,
        profile,
        allowUncleanedPixels: false,
        ...(options.pixels === undefined ? {} : { pixels: options.pixels }),
      },
      jobs: options.jobs,
      ...report,
      onProgress: (done, total) => bar.update(done, total, 'files'),
    }),
  );
  bar.finish(counts.files, counts.files, 'files');
  if (options.json === true) printJson(counts);
  else note(`${counts.deidentified} de-identified, ${counts.quarantined} quarantined of ${counts.files} files.`);
  const { unreadable = 0 } = counts.reasons;
  if (unreadable > 0) note(`precedent: ${unreadable} files could not be read: give this account access, run it again.`);
  process.exitCode = unreadable === 0 ? EXIT.ok : EXIT.failed;
}
