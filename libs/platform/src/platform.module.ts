import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Logger } from './create-logger.ts';
import type { ObjectStore } from './domain/object-store.ts';
import { JobQueue } from './job-queue.ts';
import { HealthRegistry } from './observe/health-registry.ts';
import { Metrics } from './observe/metrics.ts';

/** Token of the object store, which is a port. The others are injected by their class. */
export const OBJECT_STORE = Symbol('ObjectStore');

export interface PlatformParts {
  readonly dataSource: DataSource;
  readonly queue: JobQueue;
  readonly objects: ObjectStore;
  readonly logger: Logger;
  readonly health: HealthRegistry;
  readonly metrics: Metrics;
}

/**
 * Hands what the app has opened to every module. The app opens before Nest starts and closes after Nest has stopped: a
 * fault of the database is then one sentence and not a stack of injection errors.
 */
@Module({})
export class PlatformModule {
  static with(parts: PlatformParts): DynamicModule {
    const providers = [
      { provide: DataSource, useValue: parts.dataSource },
      { provide: JobQueue, useValue: parts.queue },
      { provide: OBJECT_STORE, useValue: parts.objects },
      { provide: Logger, useValue: parts.logger },
      { provide: HealthRegistry, useValue: parts.health },
      { provide: Metrics, useValue: parts.metrics },
    ];
    return { module: PlatformModule, global: true, providers, exports: providers };
  }
}
