import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { loadDeidKeys } from './adapters/key-file.ts';
import { loadDeidProfile } from './adapters/profile-file.ts';
import type { DeidConfig } from './deid.config.ts';
import type { DeidentifierOptions } from './deidentifier.ts';
import { Deidentifier } from './deidentifier.ts';
import { StudyDeidentifier } from './study-deidentifier.ts';

const OPTIONS = Symbol('deid options');

/**
 * Provides a `Deidentifier`, and a `StudyDeidentifier` with a thread of its own, of one key and profile. Starting fails, with a
 * sentence, when the key or the profile cannot be used.
 */
@Module({})
export class DeidModule {
  static forRoot(config: DeidConfig): DynamicModule {
    const providers: Provider[] = [
      { provide: OPTIONS, useFactory: () => optionsOf(config) },
      {
        provide: Deidentifier,
        inject: [OPTIONS],
        useFactory: (options: DeidentifierOptions) => new Deidentifier(options),
      },
      {
        provide: StudyDeidentifier,
        inject: [OPTIONS],
        useFactory: (options: DeidentifierOptions) => new StudyDeidentifier(options),
      },
    ];
    return { module: DeidModule, providers, exports: [Deidentifier, StudyDeidentifier] };
  }
}

async function optionsOf(config: DeidConfig): Promise<DeidentifierOptions> {
  return {
    keys: await loadDeidKeys(config.keyFile),
    profile: await loadDeidProfile(config.profile),
    allowUncleanedPixels: config.allowUncleanedPixels,
  };
}
