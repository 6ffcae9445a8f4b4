import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { tensorManifestSchema } from './domain/tensor-manifest.ts';
import type { TensorManifest } from './domain/tensor-manifest.ts';
import { inferenceFault } from './inference.errors.ts';

/** A tensor model whose manifest and files have been checked. */
export interface TensorModel {
  readonly manifest: TensorManifest;
  readonly graphs: readonly { readonly name: string; readonly path: string; readonly sha256: string }[];
  /** Small files that go with the graphs, such as an alphabet. */
  readonly data: ReadonlyMap<string, Buffer>;
  /** SHA-256 over the digests of all its files: what a record of provenance names. */
  readonly sha256: string;
}

/**
 * Reads `<directory>/<name>/<revision>/manifest.yaml` and checks the SHA-256 of every file that it names.
 * @throws CodedError MODEL_UNKNOWN, MODEL_MANIFEST_INVALID, MODEL_WEIGHTS_MISSING, MODEL_WEIGHTS_DAMAGED
 */
export async function loadTensorModel(directory: string, name: string, revision: string): Promise<TensorModel> {
  const manifest = await manifestOf(join(directory, name, revision, 'manifest.yaml'));
  const folder = packageFolder(manifest.package);
  const graphs = Object.entries(manifest.graphs).map(([graph, { path, sha256 }]) => {
    return { name: graph, path: join(folder, path), sha256 };
  });
  for (const { path, sha256 } of graphs) await checked(path, sha256);
  const data = new Map<string, Buffer>();
  for (const [file, { path, sha256 }] of Object.entries(manifest.data))
    data.set(file, await checked(join(folder, path), sha256));
  const digests = [...Object.values(manifest.graphs), ...Object.values(manifest.data)].map(({ sha256 }) => sha256);
  return { manifest, graphs, data, sha256: createHash('sha256').update(digests.join()).digest('hex') };
}

async function manifestOf(path: string): Promise<TensorManifest> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw inferenceFault('MODEL_UNKNOWN', 'There is no manifest of that tensor model in the models directory.', cause);
  });
  try {
    return tensorManifestSchema.parse(parse(text));
  } catch (cause) {
    throw inferenceFault('MODEL_MANIFEST_INVALID', 'The manifest of a tensor model cannot be used.', cause);
  }
}

/** By a module that the package exports: its package.json may not be among them. */
function packageFolder(name: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/node`));
  } catch (cause) {
    throw inferenceFault('MODEL_WEIGHTS_MISSING', `The package ${name} is not installed: run npm ci again.`, cause);
  }
}

async function checked(path: string, sha256: string): Promise<Buffer> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw inferenceFault('MODEL_WEIGHTS_MISSING', 'A file of a model package is missing: run npm ci again.', cause);
  });
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw inferenceFault('MODEL_WEIGHTS_DAMAGED', 'A model file is not what its manifest says: run npm ci again.');
}
