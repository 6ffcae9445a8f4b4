// De-identification of headers against the peers: in turns, over the same objects, by CPU time of one core.
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openCaseSet } from './case-set.mjs';
import { countRemains, layOut } from './deid-objects.mjs';
import { findTools } from './deid-peers.mjs';
import { summarise } from './deid-report.mjs';
import { interruptible } from './interruption.mjs';
import { machineTimes, ownSeconds } from './process-times.mjs';

export { describe } from './deid-report.mjs';

export const summary =
  'de-identification of headers against dcmanon, gdcmanon, Orthanc, dicom-anonymizer, dicognito and pydicom deid';
export const usage = `      --rounds N              turns of everyone (default 3)
      --data DIR              folder of DICOM objects instead of the invented cohort
      --patients N            patients of the invented cohort (default 170: about 960 objects)
      --objects N             take only the first N objects of either
      --jobs N                threads of 'precedent deid --jobs' (default: cores)
      --only ours|all         the product alone, or with the peers (default all)
      --pixels                also the pixel path (says so where the product has none)`;

const OPTIONS = {
  json: { type: 'boolean', default: false },
  pixels: { type: 'boolean', default: false },
  data: { type: 'string' },
  only: { type: 'string', default: 'all' },
  rounds: { type: 'string', default: '3' },
  patients: { type: 'string', default: '170' },
  objects: { type: 'string', default: '100000' },
  jobs: { type: 'string', default: String(Math.min(64, availableParallelism())) },
};
const COUNTS = { rounds: [1, 20], patients: [2, 2000], objects: [2, 100_000], jobs: [1, 64] };

/** @returns settings, or `{ problem }`. */
export function readOptions(args) {
  let values;
  try {
    ({ values } = parseArgs({ args, options: OPTIONS }));
  } catch (error) {
    return { problem: error.message };
  }
  for (const [name, [least, most]] of Object.entries(COUNTS)) {
    const count = Number(values[name]);
    if (!Number.isInteger(count) || count < least || count > most)
      return { problem: `--${name} is ${least} to ${most}` };
    values[name] = count;
  }
  if (!['ours', 'all'].includes(values.only)) return { problem: '--only is ours or all' };
  return { ...values };
}

const progress = (text) => void process.stderr.write(`${text}\n`);

/** Measures in turns. Everything it starts ends with it, and what it wrote is removed. */
export function run(settings) {
  return interruptible(async (signal) => {
    const set = await openCaseSet(settings, progress);
    signal.throwIfAborted();
    const folder = await mkdtemp(join(tmpdir(), 'precedent-bench-'));
    try {
      const objects = layOut(set.directory, folder, settings.objects);
      const { tools, versions, missing } = await findTools({ progress, peers: settings.only === 'all', signal });
      for (const one of missing) progress(`NOT HERE, not measured: ${one}`);
      const before = { machine: machineTimes(), own: ownSeconds() };
      const rounds = await inTurns({ settings, objects, folder, tools, signal });
      const load = loadSince(before);
      return summarise({ settings, set: set.name, objects, versions, missing, rounds, load });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** One who fails as a whole is not asked again; the product must not fail. */
async function inTurns({ settings, objects, folder, tools, signal }) {
  const rounds = [];
  const failed = {};
  for (let round = 0; round < settings.rounds; round++) {
    const result = {};
    for (const [name, tool] of Object.entries(tools)) {
      progress(`round ${round + 1}: ${name} …`);
      const here = join(folder, 'turn');
      result[name] = failed[name] ?? (await takeTurn(tool, here, { settings, objects, signal, first: round === 0 }));
      await rm(here, { recursive: true, force: true });
      const { failed: why } = result[name];
      if (why === undefined) continue;
      if (name.startsWith('precedent')) throw new Error(`the product itself could not do it: ${why}`);
      failed[name] = result[name];
    }
    rounds.push(result);
  }
  return rounds;
}

async function takeTurn(tool, folder, { settings, objects, signal, first }) {
  signal.throwIfAborted();
  await mkdir(folder, { recursive: true });
  const output = join(folder, 'out');
  const { all, half: halfInput, files, halfCount: half } = objects;
  try {
    const turn = { folder, input: all, halfInput, output, files, half, jobs: settings.jobs, signal };
    const answer = await tool(turn);
    return { ...answer, ...(first ? { remains: countRemains(objects, output) } : {}) };
  } catch (error) {
    signal.throwIfAborted();
    return { failed: String(error.message).split('\n').at(-1) || String(error.message) };
  }
}

/** Share of the machine that other programs took and that lay idle. */
function loadSince({ machine, own }) {
  const now = machineTimes();
  if (now === undefined || machine === undefined) return undefined;
  const busy = now.busy - machine.busy;
  const steal = now.steal - machine.steal;
  const idle = now.idle - machine.idle;
  const all = busy + steal + idle;
  return { others: Math.max(0, busy - (ownSeconds() - own) + steal) / all, idle: idle / all };
}
