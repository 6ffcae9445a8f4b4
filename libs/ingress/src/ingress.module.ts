import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { systemClock } from '@precedent/kernel';
import { GenerationJournal } from './generation-journal.ts';
import { IngressStatus } from './ingress-status.ts';
import { Quarantine } from './quarantine.ts';
import { ReceiveInstances } from './receive-instances.ts';
import { SpoolFolder } from './spool-folder.ts';
import { StageOutcomes } from './stage-outcomes.ts';

export interface IngressModuleOptions {
  readonly spoolDirectory: string;
  readonly maxInstanceBytes: number;
}

/** Wiring of the doors' side; needs the application's DataSource. */
@Module({})
export class IngressModule {
  static register({ spoolDirectory, maxInstanceBytes }: IngressModuleOptions): DynamicModule {
    const openFolder = async (): Promise<SpoolFolder> => {
      const folder = new SpoolFolder(spoolDirectory, maxInstanceBytes);
      await folder.open();
      return folder;
    };
    const onSpool = [DataSource, SpoolFolder];
    return {
      module: IngressModule,
      providers: [
        { provide: SpoolFolder, useFactory: openFolder },
        {
          provide: ReceiveInstances,
          inject: onSpool,
          useFactory: (db: DataSource, folder: SpoolFolder) => new ReceiveInstances(db, folder, systemClock),
        },
        {
          provide: GenerationJournal,
          inject: onSpool,
          useFactory: (db: DataSource, folder: SpoolFolder) => new GenerationJournal(db, folder, systemClock),
        },
        {
          provide: Quarantine,
          inject: onSpool,
          useFactory: (db: DataSource, folder: SpoolFolder) => new Quarantine(db, folder, systemClock),
        },
        {
          provide: StageOutcomes,
          inject: [DataSource],
          useFactory: (db: DataSource) => new StageOutcomes(db, systemClock),
        },
        { provide: IngressStatus, inject: [DataSource], useFactory: (db: DataSource) => new IngressStatus(db) },
      ],
      exports: [SpoolFolder, ReceiveInstances, GenerationJournal, Quarantine, StageOutcomes, IngressStatus],
    };
  }
}
