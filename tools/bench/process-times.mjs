// CPU seconds by process and of the whole machine, from Linux's /proc. Elsewhere there are none, and the report says so.
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: the kernel's unit of these files, the same on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;
const SAMPLE_MS = 200;

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the process ended between listing and reading, or this is no Linux
  }
};

/**
 * One line of /proc/PID/stat. The name may hold spaces and brackets ("(postgres: a (b) c)"), so fields count from the last one.
 * @returns {{ pid: number, parent: number, startedAt: string, seconds: number } | undefined}
 */
export function parseStat(line) {
  const end = line.lastIndexOf(')');
  const pid = Number.parseInt(line, 10);
  const fields = line.slice(end + 2).split(' ');
  if (end < 0 || fields.length < 20) return undefined;
  const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  return { pid, parent: Number(fields[1]), startedAt: fields[19], seconds };
}

/** Every process of `root` and below it, `root` first. */
export function processTree(root) {
  const all = listProcesses();
  const tree = all.filter(({ pid }) => pid === root);
  for (const found of tree) tree.push(...all.filter(({ parent }) => parent === found.pid));
  return tree;
}

function listProcesses() {
  let names = [];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const stat = read(`/proc/${name}/stat`);
    return (stat && parseStat(stat)) ?? [];
  });
}

/** Busy and waiting seconds of all cores since the machine started; undefined where /proc is absent. */
export function machineTimes() {
  const line = read('/proc/stat')?.split('\n', 1)[0];
  if (line === undefined) return undefined;
  const [user, nice, system, idle, iowait, irq, softirq, steal] = line.trim().split(/\s+/).slice(1).map(Number);
  const busy = user + nice + system + irq + softirq;
  return { busy: busy / TICKS_A_SECOND, idle: (idle + iowait) / TICKS_A_SECOND, steal: steal / TICKS_A_SECOND };
}

/** What a process is to the product, by its command line. */
export function roleOf(commandLine) {
  if (commandLine.includes('onnx-child')) return 'encoder';
  if (commandLine.includes('imaging') && commandLine.includes('child.js')) return 'imaging';
  if (commandLine.includes('postgres')) return 'postgres';
  if (/precedent\.js\0serve/.test(commandLine)) return 'service';
  if (/precedent\.js\0import/.test(commandLine)) return 'importer';
  if (commandLine.includes('bench.mjs')) return 'bench';
  return 'other';
}

/**
 * CPU seconds by role of this process and all below it. Looked at five times a second, so that the time of a process that ends
 * meanwhile is kept up to its last look.
 */
export class CpuMeter {
  #timer;
  #first = new Map();
  #last = new Map();
  #roles = new Map();
  #machine = machineTimes();

  constructor() {
    this.#look(true);
    this.#timer = setInterval(() => this.#look(false), SAMPLE_MS);
  }

  /** @returns {{ byRole: Record<string, number>, total: number, machine?: { idle: number, others: number } }} seconds. */
  stop() {
    this.#look(false);
    clearInterval(this.#timer);
    const byRole = {};
    for (const [key, seconds] of this.#last) {
      const role = this.#roles.get(key);
      byRole[role] = (byRole[role] ?? 0) + seconds - (this.#first.get(key) ?? 0);
    }
    const total = Object.values(byRole).reduce((sum, seconds) => sum + seconds, 0);
    return { byRole, total, machine: this.#machineSince(total) };
  }

  #look(isFirst) {
    for (const { pid, startedAt, seconds } of processTree(process.pid)) {
      const key = `${pid} ${startedAt}`; // process ids are used again
      if (isFirst) this.#first.set(key, seconds);
      // Anew each time: between fork and exec a child still has its parent's command line.
      const commandLine = read(`/proc/${pid}/cmdline`);
      if (commandLine || !this.#roles.has(key)) this.#roles.set(key, roleOf(commandLine ?? ''));
      this.#last.set(key, seconds);
    }
  }

  #machineSince(total) {
    const now = machineTimes();
    if (now === undefined || this.#machine === undefined) return undefined;
    const others = Math.max(0, now.busy - this.#machine.busy - total) + now.steal - this.#machine.steal;
    return { idle: now.idle - this.#machine.idle, others };
  }
}

/** CPU seconds of this process and of all its children that have ended, however short they were. */
export function ownSeconds() {
  const line = read('/proc/self/stat') ?? '';
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks / TICKS_A_SECOND;
}
