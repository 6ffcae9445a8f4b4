import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddingSpace } from '@precedent/embedding';
import { openExactIndex } from './adapters/exact-index.ts';
import { lazyMilvusIndex } from './adapters/milvus-index.ts';
import type { MilvusIndexOptions } from './adapters/milvus-index.ts';
import type { CaseIndexConfig } from './case-index.config.ts';
import { indexFault } from './case-index.errors.ts';
import { collectionName } from './domain/milvus-policy.ts';
import type { MilvusTls } from './domain/milvus-policy.ts';
import type { RebuildableCaseIndex } from './domain/types.ts';

type Space = Pick<EmbeddingSpace, 'id' | 'dimension'>;
type MilvusConfig = Extract<CaseIndexConfig, { adapter: 'milvus' }>;

/**
 * The configured index of one embedding space; spaces never share a directory or a collection. The exact index is open
 * when this returns; Milvus is connected when first used, so that a service can start and say it is not ready.
 */
export async function openCaseIndex(config: CaseIndexConfig, space: Space): Promise<RebuildableCaseIndex> {
  const { id, dimension } = space;
  if (config.adapter === 'milvus') return lazyMilvusIndex({ ...milvusOptions(config), space: id, dimension });
  return openExactIndex({ directory: join(config.directory, collectionName(id)), space: id, dimension });
}

function milvusOptions(config: MilvusConfig): Omit<MilvusIndexOptions, 'space' | 'dimension'> {
  const { address, tls, username, passwordFile, indexType, deadlineMs, allowTestServer } = config;
  return {
    address,
    indexType,
    deadlineMs,
    allowTestServer,
    ...(tls === undefined ? {} : { tls: tlsOf(tls) }),
    ...(username === undefined || passwordFile === undefined
      ? {}
      : { credentials: { username, password: readPassword(passwordFile) } }),
  };
}

function tlsOf({ rootCertificateFile, ...rest }: NonNullable<MilvusConfig['tls']>): MilvusTls {
  const { certificateFile, privateKeyFile, serverName } = rest;
  return {
    rootCertificateFile,
    ...(certificateFile === undefined ? {} : { certificateFile }),
    ...(privateKeyFile === undefined ? {} : { privateKeyFile }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw indexFault('INDEX_PASSWORD_UNREADABLE', undefined, error);
  }
}
