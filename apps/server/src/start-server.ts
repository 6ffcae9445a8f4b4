import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { newToken } from '@precedent/access';
import { CaseArchive } from '@precedent/archive';
import type { CaseIndex } from '@precedent/case-index';
import { CASE_INDEX } from '@precedent/case-index';
import { createDeidKeys } from '@precedent/deid';
import type { ReadLimits } from '@precedent/dicom';
import { configureReadLimits } from '@precedent/dicom';
import type { AuditTrail } from '@precedent/kernel';
import type { ListenerStatus } from '@precedent/ingress';
import { AUDIT_TRAIL, CodedError } from '@precedent/kernel';
import {
  applySecurityDefaults,
  createLogger,
  createSecretFile,
  HealthRegistry,
  Metrics,
  NestLogger,
  ProblemDetailsFilter,
  readSecretFile,
} from '@precedent/platform';
import type { Logger } from '@precedent/platform';
import type { Resources } from './app.module.ts';
import { AppModule } from './app.module.ts';
import { ClosingStack } from './closing-stack.ts';
import { DimseDoor } from './dimse-door.ts';
import { announce, lockDataFolder, prepareDataFolder } from './data-folder.ts';
import { registerProbes } from './health-probes.ts';
import { openEngines, openVectorStore } from './open-engines.ts';
import type { Storage } from './open-storage.ts';
import { openStorage } from './open-storage.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { PROBLEM_STATUS } from './problem-status.ts';
import { ReconcileIndex } from './reconcile-index.ts';
import type { ServerConfig } from './server.config.ts';
import { dataLayout, readServerConfig } from './server.config.ts';
import { VERSION } from './version.ts';

export interface RunningServer {
  readonly url: string;
  readonly token: string;
  readonly tokenFile: string;
  /** The DICOM listener; null when it is off. */
  readonly dimse: ListenerStatus | null;
  /** Whether the token was made at this start. */
  readonly newToken: boolean;
  /** Sentences for the operator about this start: where the embedded database lies, what was cleared up. */
  readonly notes: readonly string[];
  /** Rejects when a part the service cannot live without is lost. */
  readonly failed: Promise<never>;
  /** Ends in order: no new requests, the batch in hand finished, children ended, database last. */
  stop(): Promise<void>;
}

/** Starts every part on one data folder. Fails with one sentence, after closing what was opened. */
export async function startServer(options: Readonly<Record<string, unknown>>): Promise<RunningServer> {
  const config = readServerConfig(options);
  const closing = new ClosingStack();
  try {
    return await open(config, closing);
  } catch (error) {
    await closing.close().catch(() => undefined); // the first fault is the one that helps
    throw error;
  }
}

async function open(config: ServerConfig, closing: ClosingStack): Promise<RunningServer> {
  const started = performance.now();
  configureReadLimits(definedOnly(config.readLimits));
  await prepareDataFolder(config.dataDir);
  closing.add(await lockDataFolder(config.dataDir));
  const { logs, secrets } = dataLayout(config.dataDir);
  const logger = createLogger({ level: config.logLevel, destination: { file: join(logs, 'server.log') } });
  closing.add(() => {
    logger.event('service-stopped', { durationMs: Math.round(performance.now() - started) });
    logger.close();
    return Promise.resolve();
  });
  logger.event('service-starting', { version: `v${VERSION}` });
  const notes: string[] = [];
  const storage = await openStorage(config, closing, { log: logger, note: (line) => notes.push(line) });
  const engines = await openEngines(config, closing, logger);
  const vectors = await openVectorStore(config, closing);
  const deidKeyFile = await keyFile(join(secrets, 'deid-key.json'), storage);
  const token = await tokenOf(join(secrets, 'api-token'));
  const health = new HealthRegistry();
  const metrics = new Metrics();
  const resources = { config, storage, engines, vectors, deidKeyFile, token: token.value, logger, health, metrics };
  const app = await createApplication(resources, closing);
  await run(app, resources);
  const door = app.get(DimseDoor);
  closing.add(() => door.close());
  await door.open(app, resources);
  const url = await listen(app, config);
  closing.add(await announce(config.dataDir, url, notes));
  logger.event('service-started', {
    port: Number(new URL(url).port),
    durationMs: Math.round(performance.now() - started),
  });
  const failed = storage.databaseLost.then(() => {
    logger.event('database-ended');
    throw new CodedError(
      'DATABASE_LOST',
      'The embedded database ended unexpectedly: start the service again; nothing acknowledged is lost.',
    );
  });
  failed.catch(() => undefined); // who listens hears it; nobody must
  return {
    url,
    token: token.value,
    tokenFile: token.file,
    dimse: door.status(),
    newToken: token.isNew,
    notes,
    failed,
    stop: () => stop(logger, closing),
  };
}

/** Limits that were not set have their defaults: an `undefined` must not take their place. */
function definedOnly(limits: ServerConfig['readLimits']): Partial<ReadLimits> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

async function stop(logger: Logger, closing: ClosingStack): Promise<void> {
  logger.event('service-stopping', { reason: 'asked' });
  await closing.close();
}

async function createApplication(resources: Resources, closing: ClosingStack): Promise<NestExpressApplication> {
  const { logger, metrics } = resources;
  const app = await NestFactory.create<NestExpressApplication>(AppModule.register(resources), {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLogger(logger),
    forceCloseConnections: true,
  });
  closing.add(() => app.close());
  applySecurityDefaults(app, { logger, metrics });
  app.useGlobalFilters(new ProblemDetailsFilter({ statusOf: PROBLEM_STATUS, logger }));
  closing.add(() => app.get(Pipeline).stop());
  return app;
}

/** Brings the index up to the archive and sets the pipeline going. */
async function run(
  app: NestExpressApplication,
  { config, storage, health, logger, engines }: Resources,
): Promise<void> {
  const index = app.get<CaseIndex>(CASE_INDEX);
  registerProbes(health, config, storage.db, index);
  await app.init();
  const added = await app.get(ReconcileIndex).run();
  if (added > 0) logger.event('index-reconciled', { added, removed: 0 });
  logger.event('index-opened', { store: index.name, images: await index.count() });
  if (config.allowUncleanedPixels) logger.event('config-warning', { setting: 'allow-uncleaned-pixels' });
  const { requested, used } = engines.session.provider;
  if (requested === 'cuda' && used !== 'cuda') logger.event('provider-fallback', { wanted: requested, used });
  await app.get(Pipeline).start();
  const detail = { version: VERSION, provider: used, index: index.name, uncleanedPixels: config.allowUncleanedPixels };
  await app
    .get<AuditTrail>(AUDIT_TRAIL)
    .record([{ code: 'application-start', outcome: 'success', actor: 'server', detail }]);
}

async function listen(app: NestExpressApplication, { host, port }: ServerConfig): Promise<string> {
  try {
    await app.listen(port, host);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    const why =
      code === 'EADDRINUSE'
        ? 'is in use: choose another with --port, or 0 for a free one'
        : `cannot be listened on (${code})`;
    throw new CodedError('PORT_UNUSABLE', `Port ${port} of ${host} ${why}.`, { cause });
  }
  const address = app.getHttpServer().address() as { port: number };
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

/**
 * The secret of the pseudonyms, made at the first start. With an archive already there it is never made anew: new pseudonyms
 * would cut every case from its patient without a word.
 */
async function keyFile(path: string, { db, objects }: Storage): Promise<string> {
  if (existsSync(path)) return path;
  const { studies } = await new CaseArchive(db, objects).counts();
  if (studies > 0) {
    throw new CodedError(
      'DEID_KEY_MISSING',
      `The archive has studies, but their key ${path} is gone: put it back from the backup.`,
    );
  }
  await createDeidKeys(path);
  return path;
}

async function tokenOf(file: string): Promise<{ value: string; file: string; isNew: boolean }> {
  const isNew = !existsSync(file);
  if (isNew) await createSecretFile(file, Buffer.from(newToken()));
  return { value: (await readSecretFile(file)).toString('utf8').trim(), file, isNew };
}
