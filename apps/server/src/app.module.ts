import type { DynamicModule, Provider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { AccessModule } from '@precedent/access';
import { ArchiveModule, CaseArchive } from '@precedent/archive';
import { PostgresAuditTrail } from '@precedent/audit';
import type { CaseIndex, CaseIndexConfig } from '@precedent/case-index';
import { CASE_INDEX, CaseIndexModule } from '@precedent/case-index';
import { Deidentifier, DeidModule, StudyDeidentifier, Vault } from '@precedent/deid';
import { EmbeddingModule, ENCODER_MODEL, ImageEmbedder } from '@precedent/embedding';
import { ImagingSandbox } from '@precedent/imaging';
import { InferenceSession } from '@precedent/inference';
import {
  GenerationJournal,
  IngressModule,
  IngressStatus,
  Quarantine,
  ReceiveInstances,
  SpoolFolder,
  StageOutcomes,
} from '@precedent/ingress';
import type { AuditTrail, ProvenanceLedger } from '@precedent/kernel';
import { AUDIT_TRAIL, PROVENANCE_LEDGER, systemClock } from '@precedent/kernel';
import type { HealthRegistry, Logger, Metrics } from '@precedent/platform';
import { PlatformModule } from '@precedent/platform';
import { PostgresProvenanceLedger } from '@precedent/provenance';
import { FindSimilarCases, RetrievalModule } from '@precedent/retrieval';
import { CasesController } from './http/cases/cases.controller.ts';
import { EvaluationsController } from './http/evaluations/evaluations.controller.ts';
import { RankAllStudies } from './http/evaluations/rank-all-studies.ts';
import { HealthController } from './http/health/health.controller.ts';
import { ImagesController } from './http/images/images.controller.ts';
import { IngestController } from './http/ingest/ingest.controller.ts';
import { OPENAPI_DOCUMENT, OpenApiController } from './http/openapi/openapi.controller.ts';
import { openApiDocument } from './http/openapi/openapi-document.ts';
import { OPERATIONS } from './http/operations.ts';
import { QuarantineController } from './http/quarantine/quarantine.controller.ts';
import { EmbedUpload } from './http/similar-cases/embed-upload.ts';
import { SimilarCasesController } from './http/similar-cases/similar-cases.controller.ts';
import { ReadStatus } from './http/status/read-status.ts';
import { StatusController } from './http/status/status.controller.ts';
import { ReceiveParts } from './http/stow/receive-parts.ts';
import { StowController } from './http/stow/stow.controller.ts';
import { ReidentificationsController } from './http/vault/reidentifications.controller.ts';
import { VAULT, VaultDoor } from './http/vault/vault-door.ts';
import { VaultController } from './http/vault/vault.controller.ts';
import { StudiesController } from './http/studies/studies.controller.ts';
import type { Engines } from './open-engines.ts';
import type { Storage } from './open-storage.ts';
import { LoggedAuditTrail } from './logged-audit-trail.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { ReconcileIndex } from './reconcile-index.ts';
import type { ServerConfig } from './server.config.ts';
import { dataLayout } from './server.config.ts';
import { DimseDoor } from './dimse-door.ts';
import { VERSION } from './version.ts';

/** What is open before the application is put together. */
export interface Resources {
  readonly config: ServerConfig;
  readonly storage: Storage;
  readonly engines: Engines;
  readonly vectors: CaseIndexConfig;
  readonly deidKeyFile: string;
  readonly token: string;
  readonly logger: Logger;
  readonly health: HealthRegistry;
  readonly metrics: Metrics;
}

/** The child processes and the two ports that cross all rooms, for every module of the application. */
@Module({})
class EnginesModule {
  static with({ storage, engines, logger }: Resources): DynamicModule {
    const providers = [
      { provide: ImagingSandbox, useValue: engines.sandbox },
      { provide: InferenceSession, useValue: engines.session },
      { provide: ENCODER_MODEL, useValue: engines.model },
      { provide: AUDIT_TRAIL, useValue: new LoggedAuditTrail(new PostgresAuditTrail(storage.db), logger) },
      { provide: PROVENANCE_LEDGER, useValue: new PostgresProvenanceLedger(storage.db) },
    ];
    return { module: EnginesModule, global: true, providers, exports: providers };
  }
}

/** The application: rooms, the pipeline that knows every stage, and one controller a resource. */
@Module({})
export class AppModule {
  static register(resources: Resources): DynamicModule {
    const { config, vectors, deidKeyFile, token, storage, logger, health, metrics } = resources;
    const { profile, allowUncleanedPixels, maxInstanceBytes } = config;
    return {
      module: AppModule,
      imports: [
        PlatformModule.with({
          dataSource: storage.db,
          queue: storage.queue,
          objects: storage.objects,
          logger,
          health,
          metrics,
        }),
        EnginesModule.with(resources),
        AccessModule.register(token),
        IngressModule.register({ spoolDirectory: dataLayout(config.dataDir).spool, maxInstanceBytes }),
        DeidModule.forRoot({ keyFile: deidKeyFile, profile, allowUncleanedPixels }),
        { module: ArchiveModule, global: true },
        { module: EmbeddingModule, global: true },
        {
          ...CaseIndexModule.registerAsync({
            inject: [ImageEmbedder],
            useFactory: (embedder: ImageEmbedder) => ({ config: vectors, space: embedder.space }),
          }),
          global: true,
        },
        RetrievalModule,
      ],
      controllers: [
        SimilarCasesController,
        CasesController,
        ImagesController,
        StudiesController,
        StatusController,
        QuarantineController,
        ReidentificationsController,
        VaultController,
        IngestController,
        StowController,
        EvaluationsController,
        HealthController,
        OpenApiController,
      ],
      providers: useCases(resources),
    };
  }
}

function vaultOf({ config, storage }: Pick<Resources, 'config' | 'storage'>, audit: AuditTrail): Vault | null {
  if (storage.vault === null) return null;
  const limits = { maxHours: config.vaultMaxHours, maxLooks: config.vaultMaxLooks };
  const { db: vault, keys } = storage.vault;
  return new Vault({ vault, service: storage.db, keys, audit, clock: systemClock, limits });
}

function useCases({ config, storage, engines, logger }: Resources): Provider[] {
  return [
    DimseDoor,
    { provide: VAULT, inject: [AUDIT_TRAIL], useFactory: (audit: AuditTrail) => vaultOf({ config, storage }, audit) },
    { provide: VaultDoor, inject: [VAULT], useFactory: (vault: Vault | null) => new VaultDoor(vault) },
    {
      provide: Pipeline,
      inject: [
        GenerationJournal,
        StageOutcomes,
        Quarantine,
        StudyDeidentifier,
        VAULT,
        CaseArchive,
        ImageEmbedder,
        CASE_INDEX,
        AUDIT_TRAIL,
        PROVENANCE_LEDGER,
      ],
      useFactory: (
        journal: GenerationJournal,
        outcomes: StageOutcomes,
        quarantine: Quarantine,
        deidentifier: StudyDeidentifier,
        vault: Vault | null,
        archive: CaseArchive,
        embedder: ImageEmbedder,
        index: CaseIndex,
        audit: AuditTrail,
        ledger: ProvenanceLedger,
      ) => {
        const { db, queue } = storage;
        const rooms = {
          db,
          queue,
          journal,
          outcomes,
          quarantine,
          deidentifier,
          vault,
          archive,
          embedder,
          index,
          audit,
          ledger,
        };
        return new Pipeline({ ...rooms, log: logger }, config);
      },
    },
    {
      provide: ReceiveParts,
      inject: [SpoolFolder, ReceiveInstances, AUDIT_TRAIL],
      useFactory: (folder: SpoolFolder, receive: ReceiveInstances, audit: AuditTrail) =>
        new ReceiveParts(folder, receive, audit),
    },
    {
      provide: EmbedUpload,
      inject: [ImageEmbedder, Deidentifier],
      useFactory: (embedder: ImageEmbedder, deidentifier: Deidentifier) => new EmbedUpload(embedder, deidentifier),
    },
    {
      provide: RankAllStudies,
      inject: [CaseArchive, ImageEmbedder, FindSimilarCases],
      useFactory: (archive: CaseArchive, embedder: ImageEmbedder, cases: FindSimilarCases) =>
        new RankAllStudies(archive, embedder, cases),
    },
    {
      provide: ReconcileIndex,
      inject: [CaseArchive, ImageEmbedder, CASE_INDEX, AUDIT_TRAIL],
      useFactory: (archive: CaseArchive, embedder: ImageEmbedder, index: CaseIndex, audit: AuditTrail) =>
        new ReconcileIndex(archive, embedder, index, audit),
    },
    {
      provide: ReadStatus,
      inject: [IngressStatus, CaseArchive, ImageEmbedder, CASE_INDEX, Pipeline, DimseDoor],
      useFactory: (
        ingress: IngressStatus,
        archive: CaseArchive,
        embedder: ImageEmbedder,
        index: CaseIndex,
        pipeline: Pipeline,
        door: DimseDoor,
      ) =>
        new ReadStatus({
          ingress,
          archive,
          embedder,
          index,
          session: engines.session,
          pipeline,
          door,
          uncleanedPixels: config.allowUncleanedPixels,
        }),
    },
    { provide: OPENAPI_DOCUMENT, useFactory: () => openApiDocument(OPERATIONS, VERSION) },
  ];
}
