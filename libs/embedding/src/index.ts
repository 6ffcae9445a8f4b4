export type { EmbedderOptions, EmbedderParts } from './image-embedder.ts';
export { ImageEmbedder } from './image-embedder.ts';
export type { PictureModel, PictureRenderer, PictureRequest } from './picture-encoder.ts';
export type { ChosenFrame, FrameSource } from './domain/choose-frames.ts';
export { chooseFrames, FRAMES_PER_SERIES } from './domain/choose-frames.ts';
export type {
  EmbeddingFailure,
  EmbeddingReport,
  EmbeddingSpace,
  FailedImage,
  ImageEmbedding,
  QueryEmbedding,
} from './domain/types.ts';
export { spaceOf } from './domain/space.ts';
export { embeddingSchema } from './embedding.schema.ts';
export { EmbeddingModule, ENCODER_MODEL } from './embedding.module.ts';
