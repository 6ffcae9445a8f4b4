import { Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider, ModuleMetadata, OnApplicationShutdown } from '@nestjs/common';
import type { EmbeddingSpace } from '@precedent/embedding';
import type { CaseIndexConfig } from './case-index.config.ts';
import type { CaseIndex } from './domain/types.ts';
import { openCaseIndex } from './open-case-index.ts';

/** Injection token of the CaseIndex. */
export const CASE_INDEX = Symbol('CaseIndex');
const CASE_INDEX_OPTIONS = Symbol('CaseIndexOptions');
const CASE_INDEX_CLOSER = Symbol('CaseIndexCloser');

export interface CaseIndexModuleOptions {
  readonly config: CaseIndexConfig;
  readonly space: Pick<EmbeddingSpace, 'id' | 'dimension'>;
}

/** How the application gives the options, usually from the embedder's space. */
export type CaseIndexModuleSource = Pick<ModuleMetadata, 'imports'> &
  Pick<FactoryProvider<CaseIndexModuleOptions>, 'inject' | 'useFactory'>;

class CaseIndexCloser implements OnApplicationShutdown {
  readonly #index: CaseIndex;

  constructor(index: CaseIndex) {
    this.#index = index;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#index.close();
  }
}

@Module({})
export class CaseIndexModule {
  static registerAsync({ imports = [], inject = [], useFactory }: CaseIndexModuleSource): DynamicModule {
    return {
      module: CaseIndexModule,
      imports,
      providers: [
        { provide: CASE_INDEX_OPTIONS, inject, useFactory },
        {
          provide: CASE_INDEX,
          inject: [CASE_INDEX_OPTIONS],
          useFactory: ({ config, space }: CaseIndexModuleOptions) => openCaseIndex(config, space),
        },
        {
          provide: CASE_INDEX_CLOSER,
          inject: [CASE_INDEX],
          useFactory: (index: CaseIndex) => new CaseIndexCloser(index),
        },
      ],
      exports: [CASE_INDEX],
    };
  }
}
