// The service on a data folder, for the pictures: the running one, or one started for as long as it is needed.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../apps/cli/bin/precedent.js', import.meta.url));
const START_MS = 180_000;
const POLL_MS = 200;

/** @returns {Promise<{ get, post, bytes, stop }>} */
export async function useService(dataDir) {
  const running = await addressOf(dataDir);
  if (running !== null) return { ...client(running), stop: () => Promise.resolve() };
  const child = spawn(process.execPath, [CLI, 'serve', '--data-dir', dataDir, '--port', '0', '--child'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  return { ...client(await untilUp(dataDir, child)), stop: () => stop(child) };
}

/** Null when no service answers on this folder. */
async function addressOf(dataDir) {
  try {
    const { url } = JSON.parse(await readFile(join(dataDir, 'run', 'server.json'), 'utf8'));
    const token = (await readFile(join(dataDir, 'secrets', 'api-token'), 'utf8')).trim();
    return (await fetch(`${url}/health/startup`)).ok ? { url, token } : null;
  } catch {
    return null;
  }
}

async function untilUp(dataDir, child) {
  for (let waited = 0; waited < START_MS && child.exitCode === null; waited += POLL_MS) {
    const address = await addressOf(dataDir);
    if (address !== null) return address;
    await sleep(POLL_MS);
  }
  if (child.connected) child.disconnect();
  throw new Error(`the service did not come up on ${dataDir}: see logs/server.log there`);
}

function stop(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.disconnect(); // a service started with --child ends in order when the process that started it is gone
  return ended;
}

function client({ url, token }) {
  const ask = async (path, init = {}) => {
    const headers = { authorization: `Bearer ${token}`, ...init.headers };
    const response = await fetch(url + path, { ...init, headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const json = { 'content-type': 'application/json' };
  return {
    get: async (path) => (await ask(path)).json(),
    post: async (path, body) => (await ask(path, { method: 'POST', headers: json, body: JSON.stringify(body) })).json(),
    bytes: async (path) => Buffer.from(await (await ask(path)).arrayBuffer()),
  };
}
