import { execFile } from 'node:child_process';

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** A DCMTK program to its end. TCP_NODELAY, since without it every instance waits 40 ms for Nagle's algorithm. */
export function dcmtk(program: string, args: readonly string[], timeoutMs = 60_000): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { ...process.env, TCP_NODELAY: '1' };
    execFile(program, args, { timeout: timeoutMs, env, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, output: stdout + stderr });
    });
  });
}
