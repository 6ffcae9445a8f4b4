import { readdir, readFile } from 'node:fs/promises';

/** Processes by the kernel's own list (Linux), for tests that check that nothing is left running. */

const commandOf = (pid: number): Promise<string> => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

async function allPids(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Every process below `root`, `root` itself left out. */
export async function descendantsOf(root: number): Promise<number[]> {
  const pids = await allPids();
  const parents = new Map(await Promise.all(pids.map(async (pid) => [pid, await parentOf(pid)] as const)));
  const isBelow = (pid: number): boolean => {
    for (let at = parents.get(pid); at !== undefined && at > 1; at = parents.get(at)) if (at === root) return true;
    return false;
  };
  return pids.filter(isBelow);
}

/** Of these, the ones that still run; one that has ended and waits for its parent (a zombie) runs no more. */
export async function stillRunning(pids: readonly number[]): Promise<string[]> {
  const commands = await Promise.all(pids.map(commandOf));
  return commands.filter((command) => command !== '').map((command) => command.replaceAll('\0', ' '));
}

/** Command lines that name `text`: a data folder's path, say. */
export async function runningWith(text: string): Promise<string[]> {
  return (await stillRunning(await allPids())).filter((command) => command.includes(text));
}
