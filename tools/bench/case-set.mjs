import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateCohort } from '@precedent/synthetic';
import { ImagingSandbox } from '@precedent/imaging';

/** The cohort is kept: it is the same for the same number of patients, and takes longer to make than to import. */
const KEPT = fileURLToPath(new URL('../../.precedent/bench', import.meta.url));
const SEED = 1;

/**
 * @param {{ data?: string, patients: number }} settings
 * @returns {Promise<{ directory: string, outcomes?: string, name: string }>} what is imported.
 */
export async function openCaseSet({ data, patients }, progress) {
  if (data !== undefined) return given(resolve(data));
  progress(`making the cohort of ${patients} invented patients (kept for the next time) …`);
  const directory = join(KEPT, `cohort-${patients}`);
  await generateCohort({ directory, seed: SEED, patients });
  return {
    directory: join(directory, 'studies'),
    outcomes: join(directory, 'outcomes.csv'),
    name: `invented cohort of ${patients} patients`,
  };
}

function given(folder) {
  if (!existsSync(folder)) throw new Error('the folder given by --data does not exist.');
  const studies = join(folder, 'studies');
  const outcomes = join(folder, 'outcomes.csv');
  return {
    directory: existsSync(studies) ? studies : folder,
    ...(existsSync(outcomes) ? { outcomes } : {}),
    name: '--data',
  };
}

/** @returns grey pictures of the case set as the service renders them for the encoder, up to `count`. */
export async function renderPictures(directory, { size, resize, kernel }, count) {
  const sandbox = new ImagingSandbox();
  const pictures = [];
  try {
    for (const path of await files(directory)) {
      const target = { kind: 'encoder', size, resize, kernel };
      const outcome = await sandbox.render({ source: { path }, frames: [0], target });
      const [frame] = outcome.kind === 'rendered' ? outcome.frames : [];
      if (frame?.channels === 1) pictures.push({ channels: 1, pixels: frame.data });
      if (pictures.length === count) break;
    }
  } finally {
    await sandbox.stop();
  }
  if (pictures.length === 0) throw new Error('no grey picture of the case set can be rendered.');
  return pictures;
}

async function files(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
