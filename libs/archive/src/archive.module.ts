import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ObjectStore } from '@precedent/platform';
import { OBJECT_STORE } from '@precedent/platform';
import { CaseArchive } from './case-archive.ts';

/** Wiring: needs the application's DataSource and object store. */
@Module({
  providers: [
    {
      provide: CaseArchive,
      inject: [DataSource, OBJECT_STORE],
      useFactory: (db: DataSource, store: ObjectStore) => new CaseArchive(db, store),
    },
  ],
  exports: [CaseArchive],
})
export class ArchiveModule {}
