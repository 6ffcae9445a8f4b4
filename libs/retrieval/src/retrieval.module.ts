import { Module } from '@nestjs/common';
import { CaseArchive } from '@precedent/archive';
import type { CaseIndex } from '@precedent/case-index';
import { CASE_INDEX } from '@precedent/case-index';
import { ImageEmbedder } from '@precedent/embedding';
import type { ProvenanceLedger } from '@precedent/kernel';
import { PROVENANCE_LEDGER } from '@precedent/kernel';
import { FindSimilarCases } from './find-similar-cases.ts';

/** Wiring: needs the application's archive, embedder, vector store and provenance ledger. */
@Module({
  providers: [
    {
      provide: FindSimilarCases,
      inject: [CaseArchive, ImageEmbedder, CASE_INDEX, PROVENANCE_LEDGER],
      useFactory: (archive: CaseArchive, embedder: ImageEmbedder, index: CaseIndex, ledger: ProvenanceLedger) =>
        new FindSimilarCases(archive, embedder, index, ledger),
    },
  ],
  exports: [FindSimilarCases],
})
export class RetrievalModule {}
