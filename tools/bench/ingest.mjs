// The DICOM door against DCMTK's storescp, Orthanc and the bare disk: the same files by the same sender, in turns, on one
// association and on eight. Everything of the product is on; storescp keeps nothing safe from a power cut, Orthanc does.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { tagOf, writeDataset } from '@precedent/dicom';
import { interruptible, within } from './interruption.mjs';
import { commandInstalled } from './dicom-peers.mjs';
import { isQuiet, loadBetween, machineTimes } from './ingest-load.mjs';
import { summarise } from './ingest-report.mjs';
import { ServiceProcess } from './service-process.mjs';

export { describe } from './ingest-report.mjs';

export const summary = 'the DICOM door against storescp, Orthanc and the bare disk, on one association and on eight';
export const usage = `      --rounds N              turns of everyone (default 3)
      --instances N           objects sent in a turn (default 500)
      --bytes N               size of an object (default 524288)`;

const OPTIONS = {
  json: { type: 'boolean', default: false },
  rounds: { type: 'string', default: '3' },
  instances: { type: 'string', default: '500' },
  bytes: { type: 'string', default: '524288' },
};
const LIMITS = { rounds: [1, 20], instances: [8, 5000], bytes: [4096, 64 * 1024 * 1024] };
const LANES = [1, 8];
const SEND_MS = 600_000;
const NAGLE_OFF = { ...process.env, TCP_NODELAY: '1' };
/** No study is sealed while it runs: the pipeline would take the processor from the door. */
const QUIET_MS = '86400000';

/** @returns settings, or `{ problem }`. */
export function readOptions(args) {
  let values;
  try {
    ({ values } = parseArgs({ args, options: OPTIONS }));
  } catch (error) {
    return { problem: error.message };
  }
  for (const [name, [least, most]] of Object.entries(LIMITS)) {
    const count = Number(values[name]);
    if (!Number.isInteger(count) || count < least || count > most)
      return { problem: `--${name} is ${least} to ${most}` };
    values[name] = count;
  }
  return values;
}

const progress = (text) => void process.stderr.write(`${text}\n`);

export function run(settings) {
  return interruptible(async (signal) => {
    if (!commandInstalled('storescu')) throw new Error('DCMTK is not installed: apt-get install dcmtk');
    const folder = await mkdtemp(join(tmpdir(), 'precedent-ingest-'));
    const receivers = [];
    const before = machineTimes();
    try {
      for (const start of [startProduct, startStorescp, startOrthanc, startDisk]) {
        const receiver = await start(folder, signal);
        if (receiver !== undefined) receivers.push(receiver);
      }
      const turns = [];
      for (let round = 1; round <= settings.rounds; round++)
        for (const lanes of LANES) turns.push(...(await turn({ settings, folder, receivers, round, lanes, signal })));
      const load = loadBetween(before, machineTimes());
      return summarise({ settings, turns, load, quiet: isQuiet(load) });
    } finally {
      for (const receiver of receivers.reverse()) await receiver.stop().catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** One set of new objects, to every receiver after the other; who is first changes from round to round. */
async function turn({ settings, folder, receivers, round, lanes, signal }) {
  const set = join(folder, 'set');
  await writeSet(set, settings, `${round}.${lanes}`, lanes);
  const shift = round % receivers.length;
  const order = [...receivers.slice(shift), ...receivers.slice(0, shift)];
  const results = [];
  for (const receiver of order) {
    const started = performance.now();
    await within(receiver.receive(set, lanes), SEND_MS, signal, receiver.name);
    const seconds = (performance.now() - started) / 1000;
    progress(`round ${round}, ${lanes} lanes, ${receiver.name}: ${seconds.toFixed(2)} s`);
    results.push({ receiver: receiver.name, round, lanes, seconds });
    await receiver.clear();
  }
  await rm(set, { recursive: true, force: true });
  return results;
}

/** One folder a lane, so that each association has its own files. */
async function writeSet(set, { instances, bytes }, name, lanes) {
  for (let lane = 0; lane < lanes; lane++) await mkdir(join(set, String(lane)), { recursive: true });
  for (let n = 0; n < instances; n++) {
    const file = join(set, String(n % lanes), `${n}.dcm`);
    await writeFile(file, objectOf(`1.2.3.${name}`, `1.2.3.${name}.${n}`, bytes, n));
  }
}

function objectOf(study, sop, bytes, n) {
  const text = (keyword, value) => ({ tag: tagOf(keyword), value: { text: value } });
  const us = (keyword, value) => ({
    tag: tagOf(keyword),
    value: { bytes: Buffer.from([value & 255, value >> 8]) },
  });
  const pixels = Buffer.alloc(bytes - (bytes % 1024), n & 255);
  const elements = [
    text('SOPClassUID', '1.2.840.10008.5.1.4.1.1.2'),
    text('SOPInstanceUID', sop),
    text('Modality', 'CT'),
    text('PatientName', 'Bench^Mark'),
    text('PatientID', 'BENCH'),
    text('StudyInstanceUID', study),
    text('SeriesInstanceUID', `${study}.1`),
    us('Rows', pixels.length / 1024),
    us('Columns', 512),
    us('BitsAllocated', 16),
    us('BitsStored', 16),
    us('HighBit', 15),
    us('PixelRepresentation', 0),
    { tag: tagOf('PixelData'), value: { bytes: pixels } },
  ];
  return writeDataset(elements, { transferSyntax: '1.2.840.10008.1.2.1' });
}

function ended(child, name) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${name} ended with ${signal ?? code}`)),
    );
  });
}

/** As many storescu as lanes, each with one association. */
function send(set, lanes, aeTitle, port) {
  const one = (lane) => {
    const args = ['-aet', 'STORESCU', '-aec', aeTitle, '-pdu', '131072', '127.0.0.1', String(port), '+sd', '+r'];
    const folder = join(set, String(lane));
    return ended(spawn('storescu', [...args, folder], { stdio: 'ignore', env: NAGLE_OFF }), 'storescu');
  };
  return Promise.all(Array.from({ length: lanes }, (_, lane) => one(lane)));
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startProduct(folder, signal) {
  const port = await freePort();
  const service = new ServiceProcess(join(folder, 'data'), {
    PRECEDENT_DIMSE_PORT: String(port),
    PRECEDENT_DIMSE_PEERS: 'STORESCU@127.0.0.1',
    PRECEDENT_QUIET_MS: QUIET_MS,
  });
  await service.ready(signal);
  const nothing = () => Promise.resolve();
  const receive = (set, lanes) => send(set, lanes, 'PRECEDENT', port);
  return { name: 'precedent', receive, clear: nothing, stop: () => service.stop() };
}

/** `--fork` takes associations side by side; its files are not fsynced. */
async function startStorescp(folder, signal) {
  const port = await freePort();
  const output = join(folder, 'storescp');
  await mkdir(output);
  const args = ['--fork', '-pdu', '131072', '-od', output, String(port)];
  const child = spawn('storescp', args, { stdio: 'ignore', env: NAGLE_OFF });
  await untilEchoed(port, signal);
  return peer('storescp', child, port, () => emptyFolder(output));
}

async function startOrthanc(folder, signal) {
  const program = '/usr/sbin/Orthanc';
  const [port, http] = [await freePort(), await freePort()];
  const storage = join(folder, 'orthanc');
  const settings = {
    Name: 'bench',
    DicomPort: port,
    HttpPort: http,
    StorageDirectory: storage,
    IndexDirectory: storage,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
  };
  const file = join(folder, 'orthanc.json');
  await writeFile(file, JSON.stringify(settings));
  const child = spawn(program, [file], { stdio: 'ignore', env: NAGLE_OFF });
  const missing = await Promise.race([new Promise((resolve) => child.once('error', () => resolve(true))), pause(500)]);
  if (missing === true) return undefined;
  await untilEchoed(port, signal);
  return peer('orthanc', child, port, () => Promise.resolve());
}

function peer(name, child, port, clear) {
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.race([exited, pause(5000)]);
    child.kill('SIGKILL');
  };
  return { name, receive: (set, lanes) => send(set, lanes, 'ANY-SCP', port), clear, stop };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function untilEchoed(port, signal) {
  for (let tries = 0; tries < 100; tries++) {
    signal.throwIfAborted();
    const args = ['-aec', 'ANY-SCP', '127.0.0.1', String(port)];
    const echoed = ended(spawn('echoscu', args, { stdio: 'ignore', env: NAGLE_OFF }), 'echoscu');
    if (await echoed.then(() => true, () => false)) return; // prettier-ignore
    await pause(100);
  }
  throw new Error('a peer did not come up');
}

async function emptyFolder(folder) {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
}

/** The bound: the same bytes written, fsynced and made findable, file after file in each lane. */
async function startDisk(folder) {
  const output = join(folder, 'disk');
  await mkdir(output);
  const lane = async (set, number) => {
    const from = join(set, String(number));
    for (const name of await readdir(from)) await copySynced(join(from, name), join(output, name));
  };
  const receive = (set, lanes) => Promise.all(Array.from({ length: lanes }, (_, number) => lane(set, number)));
  return { name: 'disk', receive, clear: () => emptyFolder(output), stop: () => Promise.resolve() };
}

async function copySynced(from, to) {
  const source = await open(from, 'r');
  const bytes = await source.readFile().finally(() => source.close());
  const file = await open(to, 'wx');
  try {
    await file.write(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
  const folder = await open(dirname(to), 'r');
  await folder.sync().finally(() => folder.close());
}
