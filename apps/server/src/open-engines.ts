import type { CaseIndexConfig } from '@precedent/case-index';
import { startMilvusLite } from '@precedent/case-index';
import { ImagingSandbox } from '@precedent/imaging';
import { InferenceSession, ModelRegistry } from '@precedent/inference';
import type { RegisteredModel } from '@precedent/inference';
import type { Logger } from '@precedent/platform';
import type { ClosingStack } from './closing-stack.ts';
import type { ServerConfig } from './server.config.ts';
import { dataLayout } from './server.config.ts';

/** The longest a batch may take before its process is ended: a mammogram's decode plus a busy machine. */
const INFERENCE_TIMEOUT_MS = 60_000;
/** Milvus Lite needs a third of a second a query at 50,000 images; a batch of upserts more. */
const MILVUS_DEADLINE_MS = 30_000;

export interface Engines {
  readonly sandbox: ImagingSandbox;
  readonly model: RegisteredModel;
  readonly session: InferenceSession;
}

/** The child processes that touch codecs and the model; both can be killed without harm to the service. */
export async function openEngines(
  config: ServerConfig,
  closing: ClosingStack,
  log: Pick<Logger, 'event'>,
): Promise<Engines> {
  const started = performance.now();
  const model = await new ModelRegistry(config.modelsDirectory).load(config.model);
  const onReplaced = (part: string, reason: string): void => log.event('child-restarted', { part, reason });
  const sandbox = new ImagingSandbox({
    processes: config.imagingProcesses,
    onReplaced: (reason) => onReplaced('imaging', reason),
  });
  closing.add(() => sandbox.stop());
  const session = await InferenceSession.open(model, {
    provider: config.provider,
    threads: config.inferenceThreads,
    timeoutMs: INFERENCE_TIMEOUT_MS,
    onReplaced: () => onReplaced('inference', 'ended'),
  });
  const { name, revision } = model.manifest;
  const durationMs = Math.round(performance.now() - started);
  log.event('model-loaded', { model: name, revision, provider: session.provider.used, durationMs });
  closing.add(() => session.close());
  return { sandbox, model, session };
}

/** Where vectors live, as configured; a Milvus Lite is started here as a child process. */
export async function openVectorStore(config: ServerConfig, closing: ClosingStack): Promise<CaseIndexConfig> {
  const { index: directory, milvusLite } = dataLayout(config.dataDir);
  if (config.vectors === 'exact') return { adapter: 'exact', directory };
  const milvus = { adapter: 'milvus', indexType: 'FLAT', deadlineMs: MILVUS_DEADLINE_MS } as const;
  if (config.vectors !== 'milvus-lite') return { ...milvus, address: config.vectors, allowTestServer: false };
  const server = await startMilvusLite({ python: config.milvusLitePython, directory: milvusLite });
  closing.add(() => server.stop());
  return { ...milvus, address: server.address, allowTestServer: true };
}
