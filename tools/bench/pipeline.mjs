// Images a second from the first byte sent to the last image indexed, against what the encoder alone reaches on the same machine
// with the same settings, in turns, so that a machine that slows down slows both.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ModelRegistry } from '@precedent/inference';
import { runBareEncoder } from './bare-encoder.mjs';
import { openCaseSet, renderPictures } from './case-set.mjs';
import { interruptible } from './interruption.mjs';
import { summarise } from './pipeline-report.mjs';
import { CpuMeter } from './process-times.mjs';
import { importCases, ServiceProcess } from './service-process.mjs';

export { describe } from './pipeline-report.mjs';

export const summary = 'images/s of the whole pipeline against the bare encoder (to be ≥ 70 %)';
export const usage = `      --data DIR              import this folder (studies/ and outcomes.csv are found in it) instead of an invented cohort
      --patients N            size of the invented cohort (default 170: about 900 frames)
      --rounds N              turns of encoder and pipeline (default 3)
      --threads N             threads of the encoder, in both (default: the service's)
      --imaging-processes N   rendering processes of the service (default: the service's)
      --cpu-prof DIR          write a CPU profile of the service a round (slows the pipeline down)`;

const MODELS = fileURLToPath(new URL('../../models', import.meta.url));
const MODEL = 'efficientnet-lite0';
const PICTURES = 64;
/** Long enough to level out, short enough for a round: 6 to 8 s on two cores. */
const BARE_IMAGES = 1024;
const BARE_LIMIT_MS = 300_000;
const IMPORT_LIMIT_MS = 900_000;

const OPTIONS = {
  json: { type: 'boolean', default: false },
  data: { type: 'string' },
  patients: { type: 'string', default: '170' },
  rounds: { type: 'string', default: '3' },
  threads: { type: 'string' },
  'imaging-processes': { type: 'string' },
  'cpu-prof': { type: 'string' },
};
const COUNTS = { patients: 5000, rounds: 20, threads: 64, 'imaging-processes': 16 };

/** @returns settings, or `{ problem }`. */
export function readOptions(args) {
  let values;
  try {
    ({ values } = parseArgs({ args, options: OPTIONS }));
  } catch (error) {
    return { problem: error.message };
  }
  for (const [name, most] of Object.entries(COUNTS)) {
    if (values[name] === undefined) continue;
    const count = Number(values[name]);
    if (!Number.isInteger(count) || count < 1 || count > most) return { problem: `--${name} is 1 to ${most}` };
    values[name] = count;
  }
  const { 'imaging-processes': imagingProcesses, 'cpu-prof': cpuProf, ...rest } = values;
  return { ...rest, imagingProcesses, cpuProf };
}

const progress = (text) => void process.stderr.write(`${text}\n`);

/** Measures in turns. Everything it starts ends with it, and its data folders are removed. */
export function run(given) {
  return interruptible(async (signal) => {
    const settings = await withDefaults(given);
    const cases = await openCaseSet(settings, progress);
    const model = await new ModelRegistry(MODELS).load(MODEL);
    const pictures = await renderPictures(cases.directory, model.manifest.input, PICTURES);
    const rounds = [];
    for (let round = 1; round <= settings.rounds; round++) {
      const bare = await measureBare(model, pictures, settings, signal);
      progress(`round ${round}: encoder alone ${(bare.images / bare.seconds).toFixed(1)} images/s`);
      const pipeline = await measurePipeline(cases, settings, signal);
      progress(`round ${round}: pipeline ${(pipeline.images / pipeline.seconds).toFixed(1)} images/s`);
      rounds.push({ bare, pipeline });
    }
    return summarise(cases.name, settings, rounds);
  });
}

/** The service's own defaults, so that the encoder alone is never measured with other threads than the service runs. */
async function withDefaults({ threads, imagingProcesses, ...rest }) {
  const { readServerConfig } = await import('../../apps/server/dist/server.config.js');
  const defaults = readServerConfig({ dataDir: tmpdir() }, {});
  return {
    ...rest,
    threads: threads ?? defaults.inferenceThreads,
    imagingProcesses: imagingProcesses ?? defaults.imagingProcesses,
  };
}

/** On the CPU in both: a fallback in one of them would compare two machines. */
function measureBare(model, pictures, { threads }, signal) {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(BARE_LIMIT_MS)]);
  return runBareEncoder(model, pictures, { threads, provider: 'cpu', images: BARE_IMAGES }, bounded);
}

async function measurePipeline(cases, settings, signal) {
  const folder = await mkdtemp(join(tmpdir(), 'precedent-bench-'));
  const dataDir = join(folder, 'data');
  const service = new ServiceProcess(dataDir, variables(settings), profiling(settings));
  try {
    await service.ready(signal);
    return await measureImport(service, dataDir, cases, signal);
  } finally {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureImport(service, dataDir, cases, signal) {
  const meter = new CpuMeter();
  const report = await importCases(dataDir, cases, IMPORT_LIMIT_MS, signal);
  const cpu = meter.stop();
  const status = await service.status();
  if (!report.accounted || !status.settled) throw new Error('the import did not settle: nothing to measure.');
  const { send, pipeline } = report.seconds;
  return {
    images: status.embeddings,
    files: report.files,
    studies: status.archive.studies,
    heldBack: { ...status.quarantine, ...status.notIndexable },
    seconds: send + pipeline,
    sendSeconds: send,
    stageSeconds: status.stageSeconds,
    provider: status.provider.used,
    cpu,
  };
}

function variables({ threads, imagingProcesses }) {
  return {
    PRECEDENT_PROVIDER: 'cpu',
    PRECEDENT_INFERENCE_THREADS: String(threads),
    PRECEDENT_IMAGING_PROCESSES: String(imagingProcesses),
    PRECEDENT_MODELS: MODELS,
  };
}

const profiling = ({ cpuProf }) => (cpuProf === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', cpuProf]);
