import { resolve } from 'node:path';

/** Exit codes of the set-up, also shown by --help. */
export const EXIT = { ok: 0, failed: 1, usage: 2, machine: 3 };

/** What may be asked for beyond the product itself, and what each stands for. */
const EXTRAS = { tests: ['milvus-lite', 'peers'], 'milvus-lite': ['milvus-lite'], peers: ['peers'] };

export const HELP = `usage: node tools/bootstrap.mjs [--with tests|milvus-lite|peers] [--offline] [--cache DIR]

Prepares this checkout: Node packages, build, model weights. Safe to run again and to break off.

  --with tests        also what the tests need (the Milvus Lite peer, the DICOM peers)
  --with milvus-lite  also the Milvus Lite vector store, for the demo with --vectors milvus-lite
  --with peers        also pydicom and its decoders, for the tests and the benchmarks
  --offline           reach no network: packages come from --cache, or from the package clients' own caches
  --cache DIR         keep all downloaded packages in DIR (online) or take them from there (with --offline):
                      run once with it on a connected machine of the same kind, carry DIR over, run with both
  --help              this text

Environment: PRECEDENT_PYTHON names the Python (3.10 or newer) to use. Registry mirrors are those of npm's and pip's own
settings. Exit codes: 0 ready; 1 a step failed; 2 wrong arguments; 3 this machine lacks something, and the text says what.
`;

export class UsageError extends Error {}

/** `--name value` or `--name=value`; returns the value and how many arguments it took. */
function valueOf(argv, index) {
  const [name, ...rest] = argv[index].split('=');
  if (rest.length > 0) return { value: rest.join('='), taken: 1 };
  const value = argv[index + 1];
  if (value === undefined || value.startsWith('--')) throw new UsageError(`${name} needs a value`);
  return { value, taken: 2 };
}

function extrasOf(name) {
  if (!Object.hasOwn(EXTRAS, name)) {
    throw new UsageError(`--with knows ${Object.keys(EXTRAS).join(' and ')}, not '${name}'`);
  }
  return EXTRAS[name];
}

/** @returns the options, or throws UsageError. An unknown argument is an error: silence would hide a typing mistake. */
export function parseArguments(argv) {
  const options = { with: new Set(), offline: false, cache: undefined, help: false };
  for (let index = 0; index < argv.length;) {
    index += readArgument(argv, index, options);
  }
  return options;
}

function readArgument(argv, index, options) {
  const name = argv[index].split('=')[0];
  if (argv[index] === '--help' || argv[index] === '-h') options.help = true;
  else if (argv[index] === '--offline') options.offline = true;
  else if (name === '--with') return readWith(argv, index, options);
  else if (name === '--cache') return readCache(argv, index, options);
  else throw new UsageError(`unknown argument '${argv[index]}'`);
  return 1;
}

function readWith(argv, index, options) {
  const { value, taken } = valueOf(argv, index);
  for (const extra of extrasOf(value)) options.with.add(extra);
  return taken;
}

function readCache(argv, index, options) {
  const { value, taken } = valueOf(argv, index);
  options.cache = resolve(value);
  return taken;
}
