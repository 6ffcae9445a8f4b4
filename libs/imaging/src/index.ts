// The face of the room. CONTRACT (to be implemented; names are fixed):
//   class ImagingSandbox { constructor(options?: ImagingSandboxOptions); render(request: RenderRequest): Promise<RenderOutcome>; stop(): Promise<void> }
//     forks `dist/sandbox/child.js` (path from import.meta.url so that it works from src under Jest too), `serialization: 'advanced'`,
//     options {processes=1, timeoutMs=60000, maxRssBytes=2 GiB, restartAfter=10000 requests}; a hung or dead child is SIGKILLed and
//     replaced, the request in hand answers 'timed-out' / 'decode-failed', others go on.
//   describeImage(dataset: Dataset): {kind:'image', image: ImageDescription} | {kind:'failed', reason, detail}    header only, in process
//   frameOrder(...)  geometry helpers: sortSlices(list of {position, orientation, instanceNumber}): number[]
//   encodeFrames(raw: RawFrames, syntax: EncodeSyntax): Promise<readonly Uint8Array[]>   one buffer a frame (native: raw bytes); in process for trusted pixels
//   imageFileToFrame(bytes): RenderOutcome for PNG/JPEG uploads (in the sandbox too): request source with {picture: bytes}
export { encodeFrames } from './encode-frames.ts';
export type {
  EncodeSyntax,
  ImageDescription,
  ImageFailure,
  ImageSource,
  RawFrames,
  RenderedFrame,
  RenderOutcome,
  RenderRequest,
  RenderTarget,
} from './domain/types.ts';
