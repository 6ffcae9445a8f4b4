// Who is measured by the `deid` benchmark, and how one turn of each is taken.
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createPaths } from '../bootstrap/paths.mjs';
import { anonymizeByOrthanc, orthancInstalled } from './deid-orthanc.mjs';

const run = promisify(execFile);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const CLI = here('../../apps/cli/bin/precedent.js');
const TURN_LIMIT_MS = 15 * 60_000;
/** Of compiled code: passes over the objects before the one that counts. */
const WARM_UP_PASSES = 4;

/** Distribution names on PyPI. */
export const PYTHON_PEERS = ['dcmanon', 'dicom-anonymizer', 'dicognito', 'deid'];
export const OURS = { plain: 'precedent', warm: 'precedent, compiled', jobs: 'precedent deid --jobs' };

/**
 * @returns {Promise<{ tools: Record<string, (turn: object) => Promise<object>>, versions: Record<string, string>, missing: string[] }>}
 *   one function a tool, in the order of their turns; `missing` says who is not here and how to get it
 */
export async function findTools({ progress, peers, signal }) {
  const found = { tools: { copy: byWorker('copy') }, versions: {}, missing: [] };
  found.tools[OURS.plain] = byWorker('precedent');
  found.tools[OURS.warm] = byWorker('precedent', WARM_UP_PASSES);
  found.tools[OURS.jobs] = byCommand(precedentCommand);
  if (!peers) return found;
  await addPython(found, progress, signal);
  addGdcm(found);
  if (orthancInstalled()) {
    found.tools.orthanc = (turn) => anonymizeByOrthanc(turn, join(turn.folder, 'orthanc'), turn.signal);
    found.versions.orthanc = firstLine('Orthanc', ['--version']).replace(/^Orthanc /, '');
  } else found.missing.push('orthanc (Debian, Ubuntu: apt-get install orthanc)');
  return found;
}

async function addPython({ tools, versions, missing }, progress, signal) {
  try {
    const python = await pythonWithPeers(progress, signal);
    for (const name of PYTHON_PEERS) {
      tools[name] = (turn) => askWorker(python, ['-I', here('deid-worker.py')], { tool: name }, turn);
      versions[name] = firstLine(python, [
        '-I',
        '-c',
        `from importlib.metadata import version as v; print(v("${name}"))`,
      ]);
    }
  } catch (error) {
    signal.throwIfAborted();
    const why = String(error.stderr ?? error.message)
      .trim()
      .split('\n')
      .at(-1);
    missing.push(`${PYTHON_PEERS.join(', ')}: ${why}`);
  }
}

/** Built on demand: nobody else needs it. */
async function pythonWithPeers(progress, signal) {
  progress('the peers’ environment .precedent/venv-deid-peers (150 MB when it has to be made) …');
  await run(process.execPath, [here('deid-environment.mjs')], { signal, timeout: TURN_LIMIT_MS });
  const { venvDeidPeers } = createPaths();
  return process.platform === 'win32'
    ? join(venvDeidPeers, 'Scripts', 'python.exe')
    : join(venvDeidPeers, 'bin', 'python');
}

function addGdcm({ tools, versions, missing }) {
  const lacks = ['gdcmanon', 'openssl'].filter((name) => spawnSync(name, ['version']).error !== undefined);
  if (lacks.length > 0) missing.push(`gdcmanon (Debian, Ubuntu: apt-get install libgdcm-tools openssl)`);
  else {
    tools.gdcmanon = byCommand(gdcmCommand);
    versions.gdcmanon = firstLine('gdcmanon', ['--version']).replace(/^gdcmanon: gdcm (\S+).*/, '$1');
  }
}

const firstLine = (file, args) => spawnSync(file, args, { encoding: 'utf8' }).stdout?.split('\n', 1)[0].trim() ?? '';

const byWorker =
  (tool, warmUp = 0) =>
  (turn) =>
    askWorker(process.execPath, [here('deid-worker.mjs')], { tool, warmUp }, turn);

async function askWorker(program, args, task, { input, output, files, half, signal }) {
  const given = JSON.stringify({ ...task, input, output, files, half });
  const { stdout } = await run(program, [...args, given], { signal, timeout: TURN_LIMIT_MS });
  return JSON.parse(stdout);
}

/** Bash's own clock of the command and its children: wall, user and system seconds, with milliseconds. Ended, it ends the command. */
const TIMED =
  'TIMEFORMAT="=%R %U %S"; trap "kill \\$child" TERM; time { "$@" >/dev/null 2>&1 & child=$!; wait $child; }';

async function timed(command, signal) {
  const options = { timeout: TURN_LIMIT_MS, signal, env: { ...process.env, LC_ALL: 'C' } };
  const { stderr } = await run('bash', ['-c', TIMED, 'bash', ...command], options);
  const [, real, user, system] = /=([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(stderr) ?? [];
  return { wallMs: 1000 * Number(real), cpuMs: 1000 * (Number(user) + Number(system)) };
}

/** A command takes the first half, then all: what the rest costs is free of its start. */
const byCommand = (commandOf) => async (turn) => {
  const { folder, halfInput, input, output, files, half, signal } = turn;
  const [first, report] = [`${output}-half`, join(folder, 'report.jsonl')];
  await mkdir(folder, { recursive: true });
  const one = await timed(await commandOf({ ...turn, input: halfInput, output: first, report }), signal);
  const all = await timed(await commandOf({ ...turn, input, output, report }), signal);
  const each = Math.max(0, all.cpuMs - one.cpuMs) / (files.length - half);
  const startMs = Math.max(0, one.cpuMs - half * each);
  const cameOut = readdirSync(output).length;
  const refused = cameOut === files.length ? {} : await reasonsOf(report, files.length - cameOut);
  return { marks: [startMs, one.cpuMs, all.cpuMs], wallMs: all.wallMs, cameOut, refused };
};

async function reasonsOf(report, count) {
  const text = await readFile(report, 'utf8').catch(() => '');
  const refused = {};
  for (const line of text.split('\n').filter(Boolean)) {
    const { status, reason } = JSON.parse(line);
    if (status === 'quarantined') refused[reason] = (refused[reason] ?? 0) + 1;
  }
  return Object.keys(refused).length > 0 ? refused : { 'no output': count };
}

async function precedentCommand({ folder, input, output, report, jobs }) {
  const key = join(folder, 'key.json');
  const args = [
    CLI,
    'deid',
    input,
    output,
    '--key-file',
    key,
    '--report',
    report,
    '--pixels',
    'off',
    '--jobs',
    String(jobs),
  ];
  const made = await readFile(key).then(
    () => true,
    () => false,
  );
  return [process.execPath, ...args, ...(made ? [] : ['--new-key'])];
}

/** Basic profile; the removed values are put, encrypted, into the object for the owner of a certificate made for the turn. */
async function gdcmCommand({ folder, input, output, signal }) {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const made = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=bench',
    '-keyout',
    key,
    '-out',
    certificate,
  ];
  await run('openssl', made, { signal });
  await mkdir(output, { recursive: true });
  return ['gdcmanon', '-e', '--continue', '-r', '-c', certificate, '-i', input, '-o', output];
}
