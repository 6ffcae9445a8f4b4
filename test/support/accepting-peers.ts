import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readDataset } from '@precedent/dicom';
import dicomParser from 'dicom-parser';
import { runPythonPeer } from './python-peer.ts';

/** What a peer has against each file it was shown; a file that it accepts has an empty list. */
export type Faults = ReadonlyMap<string, readonly string[]>;
export type Peer = (paths: readonly string[]) => Promise<Faults>;

/** Files a call: a process costs more than reading a file, and a command line has a limit. */
const BATCH = 100;
/** Processes at once: the other tests run beside these. */
const AT_ONCE = 2;
const TIMEOUT_MS = 120_000;

export const programInstalled = (name: string): boolean => spawnSync(name, ['--version']).error === undefined;

interface Ended {
  readonly code: number;
  readonly output: string;
}

function execute(program: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const options = { timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024, encoding: 'latin1' } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, output: stdout + stderr });
      else reject(new Error(`${program} could not be run to its end`));
    });
  });
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function batches<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, i) => items.slice(i * BATCH, (i + 1) * BATCH));
}

/** DCMTK reads the whole file, whatever it prints of it; it ends with 1 where it met an error. */
const DCMDUMP = ['-q', '+P', '0008,0016'];
export const dcmdump: Peer = async (paths) => {
  const faults = new Map<string, string[]>();
  await eachOf(batches(paths), async (batch) => {
    const together = await execute('dcmdump', [...DCMDUMP, ...batch]);
    for (const path of batch) {
      const { code } = together.code === 0 ? together : await execute('dcmdump', [...DCMDUMP, path]);
      faults.set(path, code === 0 ? [] : [`dcmdump ends with ${code}`]);
    }
  });
  return faults;
};

/** One shell for many files: a process of its own each, started from a test runner of half a gigabyte, takes twice as long. */
const EACH_FILE = 'for file; do echo "=FILE $file"; dciodvfy "$file" 2>&1; echo "=CODE $?"; done';

/** The error lines of David Clunie's validator; it ends with 134 (an assertion) on some VRs, after which it says no more. */
export const dciodvfy: Peer = async (paths) => {
  const faults = new Map<string, string[]>();
  await eachOf(batches(paths), async (batch) => {
    const { output } = await execute('sh', ['-c', EACH_FILE, 'sh', ...batch]);
    for (const report of output.split(/^=FILE /m).slice(1)) {
      const lines = report.split('\n');
      const code = Number(/^=CODE (\d+)$/m.exec(report)?.[1]);
      const errors = lines.filter((line) => line.includes('Error - '));
      faults.set(lines[0] ?? '', code <= 128 ? errors : [...errors, `dciodvfy ends with ${code}`]);
    }
  });
  return faults;
};

const PYDICOM = `
import json, sys, warnings
import pydicom
warnings.simplefilter('ignore')
def walk(dataset, faults):
    for tag in list(dataset.keys()):
        try:
            raw = dataset.get_item(tag)
            length = getattr(raw, 'length', 0xFFFFFFFF)
            if length != 0xFFFFFFFF and len(raw.value or b'') != length:
                faults.append(f'{tag}: cut short')
            element = dataset[tag]
            if element.VR == 'SQ':
                for item in element.value: walk(item, faults)
        except Exception as fault:
            faults.append(f'{tag}: {type(fault).__name__}')
result = {}
for path in json.load(sys.stdin):
    faults, tags = [], None
    try:
        dataset = pydicom.dcmread(path)
        tags = [int(tag) for tag in dataset.keys()]
        walk(dataset, faults)
    except Exception as fault:
        faults.append(type(fault).__name__)
    result[path] = [faults, tags]
json.dump(result, sys.stdout)
`;

type PydicomAnswer = Readonly<Record<string, readonly [string[], number[] | null]>>;

/**
 * Every value of every element is decoded; without `force`, so that a file without its DICM mark is refused. It reads a file that
 * is cut off without a word, so lengths and tags are compared.
 */
export const pydicom: Peer = (paths) => {
  const answer = runPythonPeer(PYDICOM, { stdin: JSON.stringify(paths), timeoutMs: 10 * TIMEOUT_MS }).toString('utf8');
  const found = Object.entries(JSON.parse(answer) as PydicomAnswer);
  const faultsOf = ([path, [faults, tags]]: (typeof found)[number]): [string, string[]] => [
    path,
    tags === null ? faults : [...faults, ...otherTags(path, tags)],
  ];
  return Promise.resolve(new Map(found.map(faultsOf)));
};

/** @returns a fault where the peer sees other elements at the top level than the product does. */
function otherTags(path: string, tags: readonly number[]): string[] {
  const read = readDataset(readFileSync(path));
  if (read.kind === 'rejected') return [];
  const ours = read.dataset.elements.map(({ tag }) => tag).sort((a, b) => a - b);
  const theirs = [...tags].sort((a, b) => a - b);
  return ours.join() === theirs.join() ? [] : ['other elements are seen'];
}

/** By itself, without the room's adapter around it. It throws strings and objects. */
export const plainDicomParser: Peer = (paths) => {
  const faultOf = (path: string): string[] => {
    try {
      const { elements } = dicomParser.parseDicom(readFileSync(path));
      const tags = Object.keys(elements).map((key) => Number.parseInt(key.slice(1), 16));
      return otherTags(
        path,
        tags.filter((tag) => tag > 0x0002ffff),
      );
    } catch (thrown) {
      return [typeof thrown === 'string' ? thrown : 'not read'];
    }
  };
  return Promise.resolve(new Map(paths.map((path) => [path, faultOf(path)])));
};

/** Stores each file, reads it back, compares, and deletes it: several encodings of one picture have one SOP Instance UID. */
export function orthancAt(url: string): Peer {
  return async (paths) => {
    const faults = new Map<string, string[]>();
    for (const path of paths) faults.set(path, await again(() => storeAndCompare(url, readFileSync(path))));
    return faults;
  };
}

/**
 * Orthanc closes a connection that was idle for a second, which on a busy machine meets the next request (once in 8,000 files).
 * A refusal is an answer, and not asked for again; an Orthanc that has ended stays away.
 */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 2; ; left--) {
    try {
      return await ask();
    } catch (fault) {
      if (left === 0) throw fault;
    }
  }
}

async function storeAndCompare(url: string, bytes: Buffer): Promise<string[]> {
  const stored = await fetch(`${url}/instances`, { method: 'POST', body: new Uint8Array(bytes) });
  const { ID } = (await stored.json()) as { ID?: string };
  if (!stored.ok || ID === undefined) return [`refused with ${stored.status}`];
  const back = await fetch(`${url}/instances/${ID}/file`);
  const same = Buffer.from(await back.arrayBuffer()).equals(bytes);
  await (await fetch(`${url}/instances/${ID}`, { method: 'DELETE' })).arrayBuffer();
  return same ? [] : ['another file came back'];
}
