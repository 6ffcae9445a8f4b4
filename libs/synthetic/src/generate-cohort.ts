import { CodedError } from '@precedent/kernel';
import { CohortFolder } from './adapters/cohort-folder.ts';
import { imageFile } from './adapters/image-file.ts';
import type { CohortSummary } from './domain/cohort-summary.ts';
import { COHORT_VERSION } from './domain/cohort-summary.ts';
import { NOTICE } from './domain/notice.ts';
import type { ManifestRow, StudyContext } from './domain/object-plan.ts';
import { contextOf, manifestRow, objectsOf } from './domain/object-plan.ts';
import type { OutcomeRow } from './domain/records.ts';
import { csvOf, outcomeOf } from './domain/records.ts';
import { planCohort } from './domain/study-plan.ts';
import { SYNTHETIC_ERRORS } from './synthetic.errors.ts';

export interface CohortRequest {
  /** Folder to write to; made when absent. */
  readonly directory: string;
  readonly seed: number;
  /** 1 to 5000; 72 when not given, which makes about 130 studies and 60 MB at most. */
  readonly patients?: number;
  readonly onProgress?: (progress: CohortProgress) => void;
}

export interface CohortProgress {
  readonly studiesDone: number;
  readonly studiesTotal: number;
}

interface Made {
  readonly manifest: ManifestRow[];
  readonly outcomes: OutcomeRow[];
  bytes: number;
}

/**
 * Writes a cohort of invented patients: `studies/<n>/*.dcm`, `outcomes.csv`, `manifest.jsonl`, `README.txt` and, last, `cohort.json`.
 * The same seed, number and version give the same bytes. A finished cohort of the same seed, number and version is left as it is.
 * @throws CodedError `SYNTHETIC_DIRECTORY_FOREIGN`, `SYNTHETIC_PATIENTS_RANGE`
 */
export async function generateCohort(request: CohortRequest): Promise<CohortSummary> {
  const { directory, seed, patients = 72, onProgress } = request;
  if (!Number.isInteger(patients) || patients < 1 || patients > 5000) {
    throw new CodedError('SYNTHETIC_PATIENTS_RANGE', SYNTHETIC_ERRORS.SYNTHETIC_PATIENTS_RANGE);
  }
  const folder = new CohortFolder(directory);
  const there = await folder.finished();
  if (there?.seed === seed && there.patients === patients && there.version === COHORT_VERSION)
    return { ...there, directory, reused: true };
  await folder.begin();
  const plans = planCohort(seed, patients);
  const made: Made = { manifest: [], outcomes: [], bytes: 0 };
  for (const plan of plans) {
    await writeStudy(folder, contextOf(plan), made);
    onProgress?.({ studiesDone: made.outcomes.length, studiesTotal: plans.length });
  }
  await writeRecords(folder, made);
  const summary = summaryOf(request.directory, seed, patients, made);
  await folder.finish(summary);
  return summary;
}

async function writeStudy(folder: CohortFolder, context: StudyContext, made: Made): Promise<void> {
  const home = `studies/${String(context.plan.number + 1).padStart(4, '0')}`;
  await folder.folder(home);
  for (const object of objectsOf(context)) {
    const path = `${home}/S${String(object.picture.series).padStart(2, '0')}I${String(object.instance).padStart(3, '0')}.dcm`;
    const { bytes, planted } = await imageFile(object);
    await folder.write(path, bytes);
    made.bytes += bytes.length;
    made.manifest.push(manifestRow(path, object, planted));
  }
  made.outcomes.push(outcomeOf(context.plan, context.person, context.study));
}

async function writeRecords(folder: CohortFolder, made: Made): Promise<void> {
  await folder.write('manifest.jsonl', made.manifest.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await folder.write('outcomes.csv', csvOf(made.outcomes));
  await folder.write('README.txt', NOTICE);
}

function summaryOf(directory: string, seed: number, patients: number, made: Made): CohortSummary {
  return {
    directory,
    seed,
    version: COHORT_VERSION,
    patients,
    studies: made.outcomes.length,
    files: made.manifest.length,
    bytes: made.bytes,
    modalities: counted(made.manifest.map((row) => row.modality)),
    transferSyntaxes: counted(made.manifest.map((row) => row.transfer_syntax)),
    filesWithBurnedInText: made.manifest.filter((row) => row.burned_in.some(({ phi }) => phi)).length,
    classes: counted(made.outcomes.map((row) => `${row.modality} / ${row.site}`)),
    reused: false,
  };
}

function counted(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values.toSorted()) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
