/** Real: Nest's container, the exact index on disk. Fake: nothing. Milvus is not contacted: it connects when first used. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DIMENSION, randomImages, SPACE } from './contract.testkit.ts';
import { caseIndexConfigSchema } from './case-index.config.ts';
import { CASE_INDEX, CaseIndexModule } from './case-index.module.ts';
import type { CaseIndex } from './domain/types.ts';
import { openCaseIndex } from './open-case-index.ts';

const space = { id: SPACE, dimension: DIMENSION };
Logger.overrideLogger(false);
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'case-index-module-'));
});
afterEach(async () => rm(directory, { recursive: true }));

describe('CaseIndexModule', () => {
  it('opens the configured index and closes it with the application', async () => {
    const config = caseIndexConfigSchema.parse({ adapter: 'exact', directory });
    const module = CaseIndexModule.registerAsync({ useFactory: () => ({ config, space }) });
    const app = await NestFactory.createApplicationContext(module);
    const index = app.get<CaseIndex>(CASE_INDEX);
    await index.upsert(randomImages(3));
    await app.close();
    expect(await index.health()).toEqual({ ok: false, detail: 'INDEX_CLOSED' });
    const again = await openCaseIndex(config, space);
    expect(await again.count()).toBe(3);
    await again.close();
  });

  it('gives each space its own directory', async () => {
    const config = caseIndexConfigSchema.parse({ adapter: 'exact', directory });
    const first = await openCaseIndex(config, space);
    const second = await openCaseIndex(config, { ...space, id: '..' as never });
    await first.upsert(randomImages(3));
    expect(await second.count()).toBe(0);
    await Promise.all([first.close(), second.close()]);
  });

  it('starts while Milvus is down, and says it is not ready', async () => {
    const config = caseIndexConfigSchema.parse({ adapter: 'milvus', address: '127.0.0.1:1', deadlineMs: 1000 });
    const index = await openCaseIndex(config, space);
    expect((await index.health()).ok).toBe(false);
    await index.close();
  });

  it('names an unreadable password file', async () => {
    const passwordFile = join(directory, 'absent');
    const config = { adapter: 'milvus', address: 'localhost:19530', username: 'precedent', passwordFile };
    const opening = openCaseIndex(caseIndexConfigSchema.parse(config), space);
    await expect(opening).rejects.toMatchObject({ code: 'INDEX_PASSWORD_UNREADABLE' });
  });
});

describe('case index configuration', () => {
  it.each([
    [{ adapter: 'exact' }],
    [{ adapter: 'faiss', directory: 'x' }],
    [{ adapter: 'exact', directory: 'x', adress: 'typo:1' }],
    [{ adapter: 'milvus', address: 'https://host:19530' }],
    [{ adapter: 'milvus', address: 'host:19530', username: 'precedent' }],
    [{ adapter: 'milvus', address: 'host:19530', tls: {} }],
  ])('refuses %j', (config) => {
    expect(caseIndexConfigSchema.safeParse(config).success).toBe(false);
  });
});
