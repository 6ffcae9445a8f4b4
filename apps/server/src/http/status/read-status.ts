import type { z } from 'zod';
import type { CaseArchive } from '@precedent/archive';
import type { CaseIndex } from '@precedent/case-index';
import type { ImageEmbedder } from '@precedent/embedding';
import type { InferenceSession } from '@precedent/inference';
import type { IngressStatus } from '@precedent/ingress';
import type { DimseDoor } from '../../dimse-door.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { VERSION } from '../../version.ts';
import type { StatusResponse } from '../schemas.ts';

/** States in which a study is still on its way. */
const UNDER_WAY = ['receiving', 'sealed', 'deidentified', 'embedded'] as const;

export interface StatusSources {
  readonly ingress: IngressStatus;
  readonly archive: CaseArchive;
  readonly embedder: ImageEmbedder;
  readonly index: CaseIndex;
  readonly session: InferenceSession;
  readonly pipeline: Pipeline;
  readonly door: DimseDoor;
  readonly uncleanedPixels: boolean;
}

/** How far everything has come, as counts and codes. */
export class ReadStatus {
  readonly #from: StatusSources;

  constructor(sources: StatusSources) {
    this.#from = sources;
  }

  async run(): Promise<z.output<typeof StatusResponse>> {
    const { ingress, archive, embedder, index, session, pipeline, door, uncleanedPixels } = this.#from;
    const { generations, instances, quarantine } = await ingress.counts();
    const sources = await ingress.sources();
    const { notIndexable, ...archived } = await archive.counts();
    const [health, indexed, embeddings] = await Promise.all([index.health(), index.count(), embedder.count()]);
    const pending = UNDER_WAY.reduce((sum, state) => sum + (generations[state] ?? 0), 0);
    return {
      version: VERSION,
      generations: { ...generations },
      instances: { ...instances },
      quarantine: { ...quarantine },
      sources: sources.map((source) => ({ ...source, lastReceivedAt: source.lastReceivedAt.toISOString() })),
      listener: listenerOf(door),
      archive: archived,
      notIndexable: { ...notIndexable },
      embeddings,
      indexed,
      index: { store: index.name, space: index.space, ok: health.ok },
      provider: { requested: session.provider.requested, used: session.provider.used },
      uncleanedPixels,
      settled: pending === 0 && instances.pending === 0,
      stageSeconds: { ...pipeline.stageSeconds() },
    };
  }
}

function listenerOf(door: DimseDoor): z.output<typeof StatusResponse>['listener'] {
  const status = door.status();
  if (status === null) return null;
  return { ...status, refused: status.refused.map((peer) => ({ ...peer, lastAt: peer.lastAt.toISOString() })) };
}
