import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CaseArchive } from '@precedent/archive';
import { ImagingSandbox } from '@precedent/imaging';
import type { RegisteredModel } from '@precedent/inference';
import { InferenceSession } from '@precedent/inference';
import type { ObjectStore } from '@precedent/platform';
import { OBJECT_STORE } from '@precedent/platform';
import { ImageEmbedder } from './image-embedder.ts';

/** The registered model the session runs. */
export const ENCODER_MODEL = Symbol('EncoderModel');

/** Wiring: needs the application's DataSource, object store, archive, sandbox, session and model. */
@Module({
  providers: [
    {
      provide: ImageEmbedder,
      inject: [DataSource, InferenceSession, ENCODER_MODEL, ImagingSandbox, CaseArchive, OBJECT_STORE],
      useFactory: (
        db: DataSource,
        session: InferenceSession,
        model: RegisteredModel,
        sandbox: ImagingSandbox,
        archive: CaseArchive,
        store: ObjectStore,
      ) => new ImageEmbedder({ db, session, model, sandbox, archive, store }),
    },
  ],
  exports: [ImageEmbedder],
})
export class EmbeddingModule {}
