import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DimseConfigSchema } from '@precedent/ingress';
import { CodedError } from '@precedent/kernel';

/** The checkout or installation: where `models/` and `governance/` are. */
const INSTALLATION = fileURLToPath(new URL('../../../', import.meta.url));

const Port = z.coerce.number().int().min(0).max(65_535);

/** A hospital's own PostgreSQL; absent, the embedded one is used. */
const Database = z
  .object({
    host: z.string().min(1),
    port: Port.default(5432),
    database: z.string().min(1).default('precedent'),
    user: z.string().min(1).default('precedent'),
    passwordFile: z.string().min(1),
  })
  .strict();

const Limit = z.coerce.number().int().min(1).optional();

/** Hard limits of reading a data set; those left out have the defaults in libs/dicom/README.md. */
const ReadLimitsSchema = z
  .object({
    maxNestingDepth: Limit,
    maxElements: Limit,
    maxItems: Limit,
    maxValueBytes: Limit,
    maxInflatedBytes: Limit,
  })
  .strict();

/** Every setting of the service, with its default and why. */
export const ServerConfigSchema = z
  .object({
    dataDir: z.string().min(1),
    /** Loopback unless an administrator opens it: there is no TLS of our own yet, so a proxy stands before any other address. */
    host: z.string().default('127.0.0.1'),
    /** 0 chooses a free one. */
    port: Port.default(0),
    logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    /** Quiet time after which a study counts as complete. A source that says that it is done needs none. */
    quietMs: z.coerce.number().int().min(100).default(60_000),
    /** Outcome lines are identified text: one whose study has not come within these days is deleted. */
    outcomeWaitDays: z.coerce.number().int().min(1).max(3650).default(90),
    maxInstanceBytes: z.coerce
      .number()
      .int()
      .min(1024)
      .default(4 * 1024 ** 3),
    readLimits: ReadLimitsSchema.default({}),
    profile: z.string().default('retrieval'),
    allowUncleanedPixels: z.coerce.boolean().default(false),
    model: z.string().default('efficientnet-lite0'),
    modelsDirectory: z.string().default(join(INSTALLATION, 'models')),
    /** `auto` tries CUDA, then CPU, and records which was used. */
    provider: z.enum(['auto', 'cuda', 'cpu']).default('auto'),
    /**
     * One core is left to decoding, de-identification and the database: on 2 cores one thread needs 15 % less CPU a picture than two, and
     * the pipeline as a whole is faster. This small encoder gains nothing beyond 8.
     */
    inferenceThreads: z.coerce
      .number()
      .int()
      .min(1)
      .max(64)
      .default(Math.max(1, Math.min(8, availableParallelism() - 1))),
    imagingProcesses: z.coerce.number().int().min(1).max(16).default(1),
    framesPerSeries: z.coerce.number().int().min(1).max(1000).default(32),
    /** `exact`, `milvus-lite`, or `host:port` of a Milvus. */
    vectors: z
      .string()
      .regex(/^(exact|milvus-lite|[A-Za-z0-9.-]+:\d+)$/, 'write exact, milvus-lite or host:port')
      .default('exact'),
    milvusLitePython: z.string().default(join(INSTALLATION, '.precedent', 'venv-milvus-lite', 'bin', 'python')),
    database: Database.optional(),
    /** The DICOM listener; libs/ingress/README.md has its settings. */
    dimse: DimseConfigSchema.prefault({}),
    /** `off`: nobody can be re-identified, and the studies of that time never can be. */
    vault: z.enum(['on', 'off']).default('on'),
    /** The vault's own role in the hospital's PostgreSQL; in the embedded one it is made. */
    vaultDatabase: z
      .object({ user: z.string().min(1).default('precedent_vault'), passwordFile: z.string().min(1).optional() })
      .strict()
      .default({ user: 'precedent_vault' }),
    /** Longest term of a re-identification request. */
    vaultMaxHours: z.coerce.number().int().min(1).max(8760).default(72),
    /** Most looks that one request may have. */
    vaultMaxLooks: z.coerce.number().int().min(1).max(100).default(3),
  })
  .strict();

export type ServerConfig = Readonly<z.output<typeof ServerConfigSchema>>;

/** Environment variables by the setting they set. A command line option wins over them. */
const VARIABLES: Readonly<Record<string, string>> = {
  PRECEDENT_HOST: 'host',
  PRECEDENT_PORT: 'port',
  PRECEDENT_LOG_LEVEL: 'logLevel',
  PRECEDENT_QUIET_MS: 'quietMs',
  PRECEDENT_OUTCOME_WAIT_DAYS: 'outcomeWaitDays',
  PRECEDENT_PROFILE: 'profile',
  PRECEDENT_MODELS: 'modelsDirectory',
  PRECEDENT_PROVIDER: 'provider',
  PRECEDENT_INFERENCE_THREADS: 'inferenceThreads',
  PRECEDENT_IMAGING_PROCESSES: 'imagingProcesses',
  PRECEDENT_FRAMES_PER_SERIES: 'framesPerSeries',
  PRECEDENT_VECTORS: 'vectors',
  PRECEDENT_VAULT: 'vault',
  PRECEDENT_VAULT_MAX_HOURS: 'vaultMaxHours',
  PRECEDENT_VAULT_MAX_LOOKS: 'vaultMaxLooks',
};

const LIMIT_VARIABLES: Readonly<Record<string, string>> = {
  PRECEDENT_MAX_NESTING_DEPTH: 'maxNestingDepth',
  PRECEDENT_MAX_ELEMENTS: 'maxElements',
  PRECEDENT_MAX_ITEMS: 'maxItems',
  PRECEDENT_MAX_VALUE_BYTES: 'maxValueBytes',
  PRECEDENT_MAX_INFLATED_BYTES: 'maxInflatedBytes',
};

const DIMSE_VARIABLES: Readonly<Record<string, string>> = {
  PRECEDENT_DIMSE_PORT: 'port',
  PRECEDENT_DIMSE_HOST: 'host',
  PRECEDENT_DIMSE_AE_TITLE: 'aeTitle',
  PRECEDENT_DIMSE_PEERS: 'peers',
  PRECEDENT_DIMSE_MAX_ASSOCIATIONS: 'maxAssociations',
  PRECEDENT_DIMSE_MAX_ASSOCIATIONS_PER_PEER: 'maxAssociationsPerPeer',
  PRECEDENT_DIMSE_MAX_PDU_BYTES: 'maxPduBytes',
  PRECEDENT_DIMSE_ARTIM_MS: 'artimMs',
  PRECEDENT_DIMSE_IDLE_MS: 'idleMs',
  PRECEDENT_DIMSE_MIN_FREE_BYTES: 'minFreeBytes',
};

const DIMSE_TLS_VARIABLES: Readonly<Record<string, string>> = {
  PRECEDENT_DIMSE_TLS_CERTIFICATE_FILE: 'certificateFile',
  PRECEDENT_DIMSE_TLS_KEY_FILE: 'keyFile',
  PRECEDENT_DIMSE_TLS_PEER_AUTHORITIES_FILE: 'peerAuthoritiesFile',
};

const DATABASE_VARIABLES: Readonly<Record<string, string>> = {
  PRECEDENT_DATABASE_HOST: 'host',
  PRECEDENT_DATABASE_PORT: 'port',
  PRECEDENT_DATABASE_NAME: 'database',
  PRECEDENT_DATABASE_USER: 'user',
  PRECEDENT_DATABASE_PASSWORD_FILE: 'passwordFile',
};

const VAULT_DATABASE_VARIABLES: Readonly<Record<string, string>> = {
  PRECEDENT_VAULT_DATABASE_USER: 'user',
  PRECEDENT_VAULT_DATABASE_PASSWORD_FILE: 'passwordFile',
};

type Environment = Readonly<Record<string, string | undefined>>;

function fromEnvironment(
  variables: Readonly<Record<string, string>>,
  environment: Environment,
): Record<string, string> {
  const entries = Object.entries(variables).flatMap(([variable, setting]) => {
    const value = environment[variable];
    return value === undefined || value === '' ? [] : [[setting, value] as const];
  });
  return Object.fromEntries(entries);
}

/** Options over environment over defaults; every problem is named at once. @throws CONFIG_INVALID */
export function readServerConfig(
  options: Readonly<Record<string, unknown>>,
  environment: Environment = process.env,
): ServerConfig {
  const database = fromEnvironment(DATABASE_VARIABLES, environment);
  const readLimits = fromEnvironment(LIMIT_VARIABLES, environment);
  const vaultDatabase = fromEnvironment(VAULT_DATABASE_VARIABLES, environment);
  const given = {
    ...fromEnvironment(VARIABLES, environment),
    readLimits,
    vaultDatabase,
    ...(Object.keys(database).length > 0 ? { database } : {}),
    ...options,
    dimse: dimseSettings(options.dimse, environment),
  };
  const parsed = ServerConfigSchema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new CodedError('CONFIG_INVALID', `The settings cannot be used:\n${problems.join('\n')}`);
  }
  return Object.freeze({ ...parsed.data, dataDir: resolve(parsed.data.dataDir) });
}

function dimseSettings(options: unknown, environment: Environment): Record<string, unknown> {
  const tls = fromEnvironment(DIMSE_TLS_VARIABLES, environment);
  return {
    ...fromEnvironment(DIMSE_VARIABLES, environment),
    ...(Object.keys(tls).length > 0 ? { tls } : {}),
    ...(options as Record<string, unknown> | undefined),
  };
}

/** The parts of a data folder. One service a folder. */
export function dataLayout(
  dataDir: string,
): Record<'run' | 'secrets' | 'spool' | 'objects' | 'index' | 'postgres' | 'milvusLite' | 'logs', string> {
  const at = (name: string): string => join(dataDir, name);
  return {
    run: at('run'),
    secrets: at('secrets'),
    spool: at('spool'),
    objects: at('objects'),
    index: at('index'),
    postgres: at('postgres'),
    milvusLite: at('milvus-lite'),
    logs: at('logs'),
  };
}
