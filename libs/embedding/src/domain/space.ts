import { createHash } from 'node:crypto';
import type { ProviderName, RegisteredModel } from '@precedent/inference';
import { spaceId } from '@precedent/kernel';
import type { EmbeddingSpace } from './types.ts';

/**
 * How `imaging` makes the encoder's picture from stored pixels (modality LUT, first VOI window, MONOCHROME1 inverted,
 * resize). It goes up when those pictures change, so that old and new vectors are never compared.
 */
const PICTURE_RECIPE = 1;
/** 128 bits as hex: short enough for the names of collections in a vector store. */
const ID_LENGTH = 32;

/** The space of a model on a provider. Its id is a digest over all that decides a vector. */
export function spaceOf(model: RegisteredModel, provider: ProviderName): EmbeddingSpace {
  const { name, revision, outputs, metric } = model.manifest;
  const { weightsSha256, preprocessingSha256 } = model;
  const { dimension } = outputs.embedding;
  const identity = [name, revision, weightsSha256, preprocessingSha256, PICTURE_RECIPE, provider, dimension, metric];
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
  return {
    id: spaceId(digest.slice(0, ID_LENGTH)),
    model: name,
    revision,
    weightsSha256,
    preprocessingSha256,
    providerClass: provider,
    dimension,
    metric,
  };
}
