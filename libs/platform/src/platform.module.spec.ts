/** Real: Nest's injection. Fake: the parts, which are only handed through. */
import { describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { ObjectStore } from '@precedent/platform';
import {
  createLogger,
  FileObjectStore,
  HealthRegistry,
  JobQueue,
  Logger,
  Metrics,
  OBJECT_STORE,
  PlatformModule,
} from '@precedent/platform';

@Injectable()
class Consumer {
  constructor(
    readonly dataSource: DataSource,
    readonly queue: JobQueue,
    @Inject(OBJECT_STORE) readonly objects: ObjectStore,
    readonly logger: Logger,
    readonly health: HealthRegistry,
    readonly metrics: Metrics,
  ) {}
}

@Module({ providers: [Consumer] })
class ConsumerModule {}

describe('PlatformModule', () => {
  it('gives every module the very parts that the app opened', async () => {
    const parts = {
      dataSource: new DataSource({ type: 'postgres' }),
      queue: new JobQueue({ host: '127.0.0.1', port: 1, database: 'x', user: 'x', password: 'x' }),
      objects: new FileObjectStore('/nowhere'),
      logger: createLogger({ level: 'error', destination: 'stderr' }),
      health: new HealthRegistry(),
      metrics: new Metrics(),
    };
    const root = { module: ConsumerModule, imports: [PlatformModule.with(parts)] };
    const app = await NestFactory.createApplicationContext(root, { logger: false });
    expect(Object.entries(app.get(Consumer))).toEqual(Object.entries(parts));
    await app.close();
  });
});
