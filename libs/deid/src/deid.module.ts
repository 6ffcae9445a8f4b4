import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { loadDeidKeys } from './adapters/key-file.ts';
import { loadDeidProfile } from './adapters/profile-file.ts';
import type { DeidConfig } from './deid.config.ts';
import { Deidentifier } from './deidentifier.ts';

/** Provides one `Deidentifier`. Starting fails, with a sentence, when the key or the profile cannot be used. */
@Module({})
export class DeidModule {
  static forRoot(config: DeidConfig): DynamicModule {
    const useFactory = async (): Promise<Deidentifier> =>
      new Deidentifier({
        keys: await loadDeidKeys(config.keyFile),
        profile: await loadDeidProfile(config.profile),
        allowUncleanedPixels: config.allowUncleanedPixels,
      });
    return { module: DeidModule, providers: [{ provide: Deidentifier, useFactory }], exports: [Deidentifier] };
  }
}
