// Reading and rewriting objects against dcmjs, pydicom and a copy in memory, and decoding of each syntax against the peers'
// decoders: in turns, over the same bytes, so that a machine that slows down slows all of them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodedObjects, SYNTAXES } from './dicom-frames.mjs';
import { headerObjects } from './dicom-objects.mjs';
import { commandInstalled, startWorkers, timeCommandPerFrame } from './dicom-peers.mjs';
import { summarise } from './dicom-report.mjs';
import { interruptible } from './interruption.mjs';
import { machineTimes, ownSeconds } from './process-times.mjs';

export { describe } from './dicom-report.mjs';

export const summary =
  'reading, rewriting and decoding of DICOM objects against dcmjs, pydicom, GDCM, DCMTK and a copy in memory';
export const usage = `      --rounds N              turns of everyone (default 3)
      --part bytes|frames     reading and rewriting only, or decoding only
      --large-frames N        frames of the large object, half a megabyte each (default 256: 134 MB)
      --budget-ms N           how long small things are repeated in a turn (default 300)`;

const OPTIONS = {
  json: { type: 'boolean', default: false },
  rounds: { type: 'string', default: '3' },
  part: { type: 'string' },
  'large-frames': { type: 'string', default: '256' },
  'budget-ms': { type: 'string', default: '300' },
};
const COUNTS = { rounds: 20, 'large-frames': 1000, 'budget-ms': 10_000 };
const PARTS = ['bytes', 'frames'];

/** @returns settings, or `{ problem }`. */
export function readOptions(args) {
  let values;
  try {
    ({ values } = parseArgs({ args, options: OPTIONS }));
  } catch (error) {
    return { problem: error.message };
  }
  for (const [name, most] of Object.entries(COUNTS)) {
    const count = Number(values[name]);
    if (!Number.isInteger(count) || count < 1 || count > most) return { problem: `--${name} is 1 to ${most}` };
    values[name] = count;
  }
  if (values.part !== undefined && !PARTS.includes(values.part)) return { problem: '--part is bytes or frames' };
  const { 'large-frames': largeFrames, 'budget-ms': budgetMs, ...rest } = values;
  return { ...rest, largeFrames, budgetMs };
}

const progress = (text) => void process.stderr.write(`${text}\n`);

/** Measures in turns. Everything it starts ends with it, and what it wrote is removed. */
export function run(settings) {
  return interruptible(async (signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'precedent-bench-'));
    const before = { machine: machineTimes(), own: ownSeconds() };
    const { workers, versions, missing } = await startWorkers(progress);
    const context = { settings, folder, workers, missing, signal };
    try {
      const bytes = settings.part === 'frames' ? [] : await measureBytes(context);
      const frames = settings.part === 'bytes' ? [] : await measureFrames(context);
      await stopAll(workers);
      const load = loadSince(before);
      return summarise({ settings, versions, missing, bytes, frames, load });
    } finally {
      await stopAll(workers);
      await rm(folder, { recursive: true, force: true });
    }
  });
}

const stopAll = (workers) => Promise.all(Object.values(workers).map((worker) => worker.stop()));

/** Whose turn it is: `copy` is the product's process, copying the bytes of the file and nothing else. */
const TURNS = { parse: ['precedent', 'dcmjs', 'pydicom'], rewrite: ['precedent', 'copy', 'dcmjs', 'pydicom'] };

async function measureBytes({ settings, folder, workers, signal }) {
  const rows = [];
  for (const [index, object] of headerObjects(settings.largeFrames).entries()) {
    const path = join(folder, `object-${index}.dcm`);
    await writeFile(path, object.bytes);
    await proveRewrites(workers, path, object, signal);
    for (const operation of ['parse', 'rewrite']) {
      progress(`${object.name}: ${operation} …`);
      const takers = TURNS[operation].filter((name) => name === 'copy' || workers[name] !== undefined);
      const rounds = await inTurns(settings.rounds, takers, (name) => {
        const task = { operation: name === 'copy' ? 'copy' : operation, path, budgetMs: settings.budgetMs };
        return workers[name === 'copy' ? 'precedent' : name].ask(task, signal);
      });
      rows.push({ object: object.name, size: object.bytes.length, large: object.large === true, operation, rounds });
    }
  }
  return rows;
}

/** A peer that replaced nothing would be fast. */
async function proveRewrites(workers, path, { name, large }, signal) {
  if (large === true) return;
  for (const [who, worker] of Object.entries(workers)) {
    const { proof, failed } = await worker.ask({ operation: 'proof', path }, signal);
    if (failed !== undefined || proof !== 20)
      throw new Error(`${who} does not replace 20 values of '${name}': ${failed ?? proof}`);
  }
}

async function measureFrames({ settings, folder, workers, missing, signal }) {
  const rows = [];
  for (const syntax of SYNTAXES) {
    progress(`${syntax.name}: encoding ${syntax.frames} frames …`);
    const object = await encodedObjects(syntax, folder);
    if (object.missing !== undefined) {
      missing.push(`${object.missing}, which encodes ${syntax.name}`);
      continue;
    }
    const decoders = decodersOf(syntax, object, { settings, folder, workers, signal });
    const rounds = await inTurns(settings.rounds, Object.keys(decoders), (name) => decoders[name]());
    rows.push({ uid: syntax.uid, syntax: syntax.name, frames: syntax.frames, rounds });
    await Promise.all([rm(object.many), rm(object.one)]);
  }
  return rows;
}

function decodersOf(syntax, object, { settings, folder, workers, signal }) {
  const task = { operation: 'decode', path: object.many, budgetMs: settings.budgetMs };
  const perFrame = (answer) =>
    answer.failed === undefined
      ? { wallMs: answer.wallMs / object.frames, cpuMs: answer.cpuMs / object.frames }
      : { failed: answer.failed };
  const decoders = { precedent: async () => perFrame(await workers.precedent.ask(task, signal)) };
  for (const tool of syntax.cli.filter(commandInstalled))
    decoders[tool] = () => timeCommandPerFrame(tool, object, folder, signal);
  for (const plugin of workers.pydicom === undefined ? [] : syntax.plugins) {
    const name = plugin === 'pydicom' ? 'pydicom' : `pydicom with ${plugin}`;
    decoders[name] = async () => perFrame(await workers.pydicom.ask({ ...task, plugin }, signal));
  }
  return decoders;
}

/** One who fails is not asked again: a peer that needs minutes to run out of memory would do so each round. */
async function inTurns(rounds, names, measure) {
  const results = [];
  const failed = {};
  for (let round = 0; round < rounds; round++) {
    const result = {};
    for (const name of names) {
      result[name] = failed[name] ?? (await measure(name));
      const { failed: why } = result[name];
      if (why === undefined) continue;
      if (name === 'precedent') throw new Error(`the product itself could not do it: ${why}`);
      failed[name] = result[name];
    }
    results.push(result);
  }
  return results;
}

/** Share of the machine that other programs took and that lay idle, from the first worker's start to the last one's end. */
function loadSince({ machine, own }) {
  const now = machineTimes();
  if (now === undefined || machine === undefined) return undefined;
  const mine = ownSeconds() - own;
  const busy = now.busy - machine.busy;
  const steal = now.steal - machine.steal;
  const idle = now.idle - machine.idle;
  const all = busy + steal + idle;
  return { others: Math.max(0, busy - mine + steal) / all, idle: idle / all };
}
