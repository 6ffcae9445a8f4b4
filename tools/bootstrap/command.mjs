import { spawn } from 'node:child_process';
import { forgetProcess, noteProcess } from './process-identity.mjs';

const INTERRUPTED = 130;
const running = new Set();
let interrupted = false;

/** Ends our child first and waits for it: npm that is cut off would otherwise go on writing below a released lock. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true;
    if (running.size === 0) process.exit(INTERRUPTED);
    for (const child of running) child.kill('SIGTERM');
  });
}

/**
 * Runs a program without a shell (paths with spaces stay whole). Its output goes to ours unless `capture` is set; its
 * identity is written to `note` while it runs.
 * @returns {{ code: number | null, stdout: string, stderr: string, missing: boolean }}
 */
export function run(file, args, { cwd, env, capture = false, note } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd, env: env ?? process.env, stdio: ['ignore', ...outputs(capture)] });
    running.add(child);
    if (note && child.pid) noteProcess(note, child.pid);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name]?.setEncoding('utf8').on('data', (text) => (output[name] += text));
    const finish = (code, missing) => {
      running.delete(child);
      if (note) forgetProcess(note);
      if (interrupted) process.exit(INTERRUPTED);
      resolve({ code, missing, ...output });
    };
    child.on('error', (error) => finish(null, error.code === 'ENOENT' || error.code === 'EACCES'));
    child.on('close', (code) => finish(code, false));
  });
}

const outputs = (capture) => (capture ? ['pipe', 'pipe'] : ['inherit', 'inherit']);
