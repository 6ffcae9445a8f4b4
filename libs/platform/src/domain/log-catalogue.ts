import type { ImageKey, ObjectDigest, PatientKey, SeriesKey, SpaceId, StudyKey } from '@precedent/kernel';

/**
 * The kinds of value a log line may hold. There is no kind for free text, so that a patient's name, a hospital UID or a
 * path cannot be expressed; `accepts` (log-fields.ts) checks the same at run time.
 */
export interface FieldTypes {
  count: number;
  bytes: number;
  ms: number;
  flag: boolean;
  /** A word of this software: a code of an error table, a queue, a stage, a model. Letters, digits, `-`, `_`. */
  code: string;
  /** HTTP route as declared (`/v1/cases/:studyKey`), never as called. */
  route: string;
  /** Software or model version. */
  version: string;
  key: PatientKey | StudyKey | SeriesKey | ImageKey | ObjectDigest | SpaceId;
  /** Function names and places of this software's own stack, without messages. */
  frames: readonly string[];
}

export type FieldKind = keyof FieldTypes;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface EventDefinition {
  /** Never used again once it was released: alarms are built on it. */
  readonly id: number;
  readonly level: LogLevel;
  readonly text: string;
  readonly fields: Readonly<Record<string, FieldKind>>;
}

/** Every event this system logs. A room that needs another adds a line here. */
export const LOG_EVENTS = {
  'service-starting': { id: 1000, level: 'info', text: 'service starts', fields: { version: 'version' } },
  'service-started': { id: 1001, level: 'info', text: 'service is ready', fields: { port: 'count', durationMs: 'ms' } },
  'service-stopping': { id: 1002, level: 'info', text: 'service stops', fields: { reason: 'code' } },
  'service-stopped': { id: 1003, level: 'info', text: 'service has stopped', fields: { durationMs: 'ms' } },
  'config-warning': { id: 1004, level: 'warn', text: 'a setting weakens a protection', fields: { setting: 'code' } },
  fault: { id: 1010, level: 'error', text: 'a fault', fields: { code: 'code', part: 'code', frames: 'frames' } },
  'framework-message': { id: 1011, level: 'debug', text: 'the framework says something', fields: { part: 'code' } },
  'framework-warning': { id: 1012, level: 'warn', text: 'the framework warns', fields: { part: 'code' } },

  'http-request': {
    id: 1100,
    level: 'info',
    text: 'request answered',
    fields: { method: 'code', route: 'route', status: 'count', durationMs: 'ms' },
  },

  'database-started': { id: 1200, level: 'info', text: 'embedded PostgreSQL runs', fields: { durationMs: 'ms' } },
  'database-relocated': {
    id: 1201,
    level: 'warn',
    text: 'the database is kept outside of the data directory; its pointer file says where',
    fields: {},
  },
  'database-orphan-stopped': {
    id: 1202,
    level: 'warn',
    text: 'a PostgreSQL of an earlier run was stopped',
    fields: {},
  },
  'database-ended': { id: 1203, level: 'error', text: 'PostgreSQL ended unexpectedly', fields: {} },
  'database-connection-lost': {
    id: 1204,
    level: 'warn',
    text: 'an idle connection was lost',
    fields: { code: 'code' },
  },
  'queue-error': { id: 1210, level: 'error', text: 'queue maintenance failed', fields: { code: 'code' } },
  'queue-recovered': {
    id: 1211,
    level: 'info',
    text: 'jobs of a killed process given back',
    fields: { jobs: 'count' },
  },
  'queue-dead-letter': {
    id: 1212,
    level: 'error',
    text: 'jobs failed for the last time',
    fields: { queue: 'code', code: 'code', jobs: 'count' },
  },
  'stage-failed': {
    id: 1213,
    level: 'warn',
    text: 'a stage failed and is tried again',
    fields: { stage: 'code', code: 'code' },
  },

  'dimse-listening': {
    id: 2000,
    level: 'info',
    text: 'the DICOM listener takes associations',
    fields: { port: 'count', tls: 'flag' },
  },
  /** `peer` is an AE title of the configuration, never what a stranger called itself. */
  'dimse-association-ended': {
    id: 2001,
    level: 'info',
    text: 'a DICOM association ended',
    fields: { peer: 'code', end: 'code', instances: 'count', durationMs: 'ms' },
  },
  'dimse-refused': {
    id: 2002,
    level: 'warn',
    text: 'DICOM peers were turned away',
    fields: { reason: 'code', times: 'count' },
  },
  'dimse-instance-failed': {
    id: 2003,
    level: 'error',
    text: 'an instance could not be stored and was answered with A700',
    fields: { code: 'code' },
  },
  'study-deidentified': {
    id: 2100,
    level: 'info',
    text: 'study de-identified',
    fields: { studyKey: 'key', instances: 'count', quarantined: 'count', durationMs: 'ms' },
  },
  'instances-quarantined': {
    id: 2101,
    level: 'warn',
    text: 'instances quarantined',
    fields: { reason: 'code', instances: 'count' },
  },
  'studies-embedded': {
    id: 2300,
    level: 'info',
    text: 'studies embedded',
    fields: { studies: 'count', images: 'count', failed: 'count', durationMs: 'ms' },
  },
  'studies-indexed': {
    id: 2400,
    level: 'info',
    text: 'studies indexed',
    fields: { studies: 'count', images: 'count' },
  },
  'index-opened': {
    id: 2401,
    level: 'info',
    text: 'index opened',
    fields: { store: 'code', images: 'count' },
  },
  'index-reconciled': {
    id: 2402,
    level: 'warn',
    text: 'index mended from the archive',
    fields: { added: 'count', removed: 'count' },
  },
  'model-loaded': {
    id: 2600,
    level: 'info',
    text: 'model loaded',
    fields: { model: 'code', revision: 'version', provider: 'code', durationMs: 'ms' },
  },
  'provider-fallback': {
    id: 2601,
    level: 'warn',
    text: 'the wanted provider could not be used',
    fields: { wanted: 'code', used: 'code' },
  },
  'child-restarted': {
    id: 2602,
    level: 'warn',
    text: 'a child process was replaced',
    fields: { part: 'code', reason: 'code' },
  },
  audited: {
    id: 2700,
    level: 'info',
    text: 'an act was recorded in the audit trail',
    fields: { act: 'code', outcome: 'code' },
  },
} as const satisfies Readonly<Record<string, EventDefinition>>;

export type LogEventName = keyof typeof LOG_EVENTS;

/** The fields of an event, by their types. */
export type LogFields<N extends LogEventName> = {
  readonly [F in keyof (typeof LOG_EVENTS)[N]['fields']]: (typeof LOG_EVENTS)[N]['fields'][F] extends FieldKind
    ? FieldTypes[(typeof LOG_EVENTS)[N]['fields'][F]]
    : never;
};
