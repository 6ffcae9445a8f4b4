// CONTRACT:
//   class ImageEmbedder { constructor({session, model, sandbox, archive, store, options}); space: EmbeddingSpace
//      embedStudies(studyKeys, within?): Promise<{embedded, failed: {imageKey, reason, detail}[]}>   frames chosen by geometry; idempotent; vector rows + fp16 token object
//      embedPictures(pictures: RenderRequest[]): Promise<QueryEmbedding[]>      queries, not stored
//      embeddingsOf(studyKeys, {space}): Promise<ImageEmbedding[]> ; all(space): AsyncIterable<ImageEmbedding[]> (batches, for rebuild) ; count(space) }
//   chooseFrames(images, {perSeries: 32}): {imageKey, frame}[]  pure, geometry order, evenly spaced
//   embeddingSchema: DatabaseSchema ; EmbeddingModule
export type { EmbeddingSpace, ImageEmbedding } from './domain/types.ts';
