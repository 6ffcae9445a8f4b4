import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parse } from 'yaml';
import type { CodedError } from '@precedent/kernel';
import { readGolden } from './domain/golden-file.ts';
import { goldenPicture } from './domain/golden-pictures.ts';
import { readLock } from './domain/lock-file.ts';
import { readManifest } from './domain/manifest-schema.ts';
import { preprocessingDigest } from './domain/preprocessing-digest.ts';
import type { GoldenVector, ModelManifest, RegisteredModel } from './domain/types.ts';
import { inferenceFault } from './inference.errors.ts';

const SET_UP = 'Run `npm run setup`; without a network, see libs/inference/README.md on placing weights by hand.';

/** The models of a directory: `<name>/<revision>/manifest.yaml` and what it names. */
export class ModelRegistry {
  private readonly directory: string;

  constructor(modelsDirectory: string) {
    this.directory = modelsDirectory;
  }

  /**
   * Reads the manifest and checks the SHA-256 of every file it names that is there, and that the graph is.
   * @param revision the newest one when left out: numbers by value, others by name.
   * @throws CodedError MODEL_UNKNOWN, MODEL_MANIFEST_INVALID, MODEL_WEIGHTS_MISSING, MODEL_WEIGHTS_DAMAGED.
   */
  async load(name: string, revision?: string): Promise<RegisteredModel> {
    const chosen = revision ?? (await this.newest(name));
    const folder = join(this.directory, safeName(name), safeName(chosen));
    const manifest = await loadManifest(folder, name, chosen);
    const graph = await checkedGraph(folder, manifest);
    return {
      manifest,
      graphPath: join(folder, graph.path),
      graphSha256: graph.sha256,
      weightsSha256: manifest.files.find((file) => file.role === 'weights-source')?.sha256 ?? graph.sha256,
      preprocessingSha256: preprocessingDigest(manifest),
      golden: await loadGolden(folder, manifest),
    };
  }

  private async newest(name: string): Promise<string> {
    const entries = await readdir(join(this.directory, safeName(name)), { withFileTypes: true }).catch(() => []);
    const revisions = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    const last = revisions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
    if (last !== undefined) return last;
    throw inferenceFault(
      'MODEL_UNKNOWN',
      `There is no model ${name} in the models directory. Check the configured name.`,
    );
  }
}

/** Names come from configuration: one with a slash or dots would read outside the models directory. */
function safeName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return name;
  throw inferenceFault(
    'MODEL_UNKNOWN',
    'A model name or revision holds letters, digits, dots, dashes and underscores only.',
  );
}

async function loadManifest(folder: string, name: string, revision: string): Promise<ModelManifest> {
  const text = await readFile(join(folder, 'manifest.yaml'), 'utf8').catch((cause: unknown) => {
    throw inferenceFault('MODEL_UNKNOWN', `There is no manifest of model ${name} revision ${revision}.`, cause);
  });
  const reading = readManifest(parsed(text, parse));
  if (reading.kind === 'invalid') throw invalid(name, revision, reading.problems.join('; '));
  if (reading.manifest.name === name && reading.manifest.revision === revision) return reading.manifest;
  throw invalid(name, revision, 'name and revision are not those of its folder');
}

function invalid(name: string, revision: string, problem: string): CodedError {
  const message = `The manifest of model ${name} revision ${revision} cannot be used: ${problem}.`;
  return inferenceFault('MODEL_MANIFEST_INVALID', message);
}

/** A file that does not parse is reported by its schema check, with every other fault. */
function parsed(text: string, parser: (text: string) => unknown): unknown {
  try {
    return parser(text);
  } catch {
    return undefined;
  }
}

interface GraphFile {
  readonly path: string;
  readonly sha256: string;
}

async function checkedGraph(folder: string, manifest: ModelManifest): Promise<GraphFile> {
  const graph = await expectedGraph(folder, manifest);
  if ((await digestOf(join(folder, graph.path))) === null) throw missing(manifest, graph.path);
  for (const file of [...manifest.files, graph]) {
    const actual = await digestOf(join(folder, file.path));
    if (actual !== null && actual !== file.sha256) throw damaged(manifest, file.path);
  }
  return graph;
}

/** From the manifest where it pins the graph; from the lock of the conversion where it is made at set-up. */
async function expectedGraph(folder: string, manifest: ModelManifest): Promise<GraphFile> {
  const pinned = manifest.files.find((file) => file.role === 'graph');
  if (pinned) return pinned;
  const { path, lock: lockName } = manifest.converted ?? { path: 'model.onnx', lock: 'model.lock.json' };
  const text = await readFile(join(folder, lockName), 'utf8').catch(() => null);
  if (text === null) throw missing(manifest, lockName);
  const lock = readLock(parsed(text, JSON.parse));
  const source = manifest.files.find((file) => file.role === 'weights-source');
  if (lock?.graph !== path || lock.weightsSha256 !== source?.sha256) throw damaged(manifest, lockName);
  return { path, sha256: lock.graphSha256 };
}

function missing(manifest: ModelManifest, file: string): CodedError {
  return inferenceFault('MODEL_WEIGHTS_MISSING', `Model ${manifest.name} has no ${file} yet. ${SET_UP}`);
}

function damaged(manifest: ModelManifest, file: string): CodedError {
  const message = `Model ${manifest.name}: ${file} is not what was recorded for it. Delete it, then: ${SET_UP}`;
  return inferenceFault('MODEL_WEIGHTS_DAMAGED', message);
}

/** SHA-256 of a file, or null where there is none. Streamed: weights of other encoders have gigabytes. */
async function digestOf(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch (error) {
    if (isAbsence(error)) return null;
    throw inferenceFault(
      'MODEL_WEIGHTS_DAMAGED',
      'A model file cannot be read. Check its permissions and the disk.',
      error,
    );
  }
}

/** By its code alone: `instanceof Error` is false for errors of another realm, as under Jest. */
function isAbsence(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}

async function loadGolden(folder: string, manifest: ModelManifest): Promise<readonly GoldenVector[]> {
  const { name, revision, golden } = manifest;
  const text = await readFile(join(folder, golden.path), 'utf8').catch(() => null);
  if (text === null) throw invalid(name, revision, `${golden.path} is missing; check the repository out again`);
  const vectors = readGolden(parsed(text, JSON.parse));
  if (typeof vectors === 'string') throw invalid(name, revision, `${golden.path}: ${vectors}`);
  const unknown = vectors.filter(({ picture }) => !goldenPicture(picture, 2));
  if (unknown.length === 0) return vectors;
  throw invalid(name, revision, `${golden.path} names pictures this version does not know`);
}
