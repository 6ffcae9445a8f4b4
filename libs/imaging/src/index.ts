// The face of the room: pixels of image objects, decoded and shown in a sandbox, and encoded without loss.
export type {
  EncodedAs,
  EncodeSyntax,
  ImageDescription,
  ImageFailure,
  ImageSource,
  MaskRectangle,
  RawFrames,
  RenderedFrame,
  RenderOutcome,
  RenderRequest,
  RenderTarget,
} from './domain/types.ts';
export type { DescribeOutcome } from './describe-image.ts';
export { describeImage } from './describe-image.ts';
export { encodeFrames } from './encode-frames.ts';
export type { ImagingSandboxOptions } from './imaging-sandbox.ts';
export { ImagingSandbox } from './imaging-sandbox.ts';
export { IMAGING_ERRORS } from './imaging.errors.ts';
export type { SlicePlace } from './domain/sort-slices.ts';
export { sortSlices } from './domain/sort-slices.ts';
export { frameOrder } from './domain/frame-order.ts';
export type { FrameCodec, SyntaxSupport } from './domain/syntax-support.ts';
export { SYNTAX_SUPPORT } from './domain/syntax-support.ts';
