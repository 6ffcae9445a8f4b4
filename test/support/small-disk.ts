import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';

/** A disk of its own (tmpfs in a private mount namespace): nobody else sees it, and it goes with the process that holds it. */
export interface SmallDisk {
  /** Runs a command where the disk is mounted. */
  readonly through: readonly string[];
  /** Where it is mounted for that command. */
  readonly path: string;
  /** The same folder as this process reaches it. */
  readonly outside: string;
  stop(): Promise<void>;
}

/** @returns null where this account may not mount (only root may, and not in every container). */
export async function mountSmallDisk(path: string, mebibytes: number): Promise<SmallDisk | null> {
  await mkdir(path, { recursive: true });
  const script = 'mount -t tmpfs -o size="$0"m,mode=711 none "$1" && echo mounted && exec sleep 600';
  const holder = spawn('unshare', ['-m', 'sh', '-c', script, String(mebibytes), path], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<'ended'>((resolve) => {
    holder.once('error', () => resolve('ended'));
    holder.once('exit', () => resolve('ended'));
  });
  if ((await Promise.race([once(holder.stdout, 'data'), ended])) === 'ended') return null;
  const pid = String(holder.pid);
  return {
    through: ['nsenter', '-t', pid, '-m'],
    path,
    outside: `/proc/${pid}/root${path}`,
    stop: async () => {
      holder.kill('SIGKILL');
      await ended;
    },
  };
}
