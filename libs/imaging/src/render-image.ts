import { openBytes, openFile } from './adapters/object-file.ts';
import { pngOf, readPictureFile } from './adapters/picture-file.ts';
import { checkTransferSyntax, decodeFrame } from './decode-frame.ts';
import { ImageRefused } from './domain/failure.ts';
import { frameOrder } from './domain/frame-order.ts';
import { frameRanges } from './domain/frame-ranges.ts';
import { readPixelHeader } from './domain/read-header.ts';
import { resizeToSquare } from './domain/resize.ts';
import { showColour, showPalette } from './domain/show-colour.ts';
import { hasStrayBits } from './domain/mask-frame.ts';
import { showGrey } from './domain/show-grey.ts';
import { storedFrame } from './domain/stored.ts';
import { textLooks } from './domain/text-looks.ts';
import { maskFrame } from './mask-image.ts';
import type { Dataset } from '@precedent/dicom';
import type { ImageObject } from './adapters/object-file.ts';
import type { DecodedFrame } from './domain/decoded.ts';
import type { PixelHeader } from './domain/pixel-header.ts';
import type { ShownFrame } from './domain/show-grey.ts';
import type {
  ImageSource,
  MaskRectangle,
  RenderedFrame,
  RenderOutcome,
  RenderRequest,
  RenderTarget,
} from './domain/types.ts';

/** Larger answers would fill the pipe and both processes' memory: ask for fewer frames. */
const MAX_ANSWER_BYTES = 2 ** 30;

/** Reads, decodes and renders. Runs inside the sandbox's child: decoders of foreign bytes can hang, crash and swell. */
export async function renderImage(request: RenderRequest): Promise<RenderOutcome> {
  try {
    if ('picture' in request.source) return await renderPicture(request.source.picture, request.target);
    return await renderObject(request.source, request);
  } catch (error) {
    if (error instanceof ImageRefused) return { kind: 'failed', reason: error.reason, detail: error.detail };
    const tooLarge = error instanceof RangeError;
    return tooLarge
      ? { kind: 'failed', reason: 'out-of-memory', detail: 'the picture needs more memory than an imaging process has' }
      : { kind: 'failed', reason: 'decode-failed', detail: 'the picture could not be decoded' };
  }
}

function open(source: Exclude<ImageSource, { picture: Uint8Array }>): ImageObject {
  if ('path' in source) return openFile(source.path);
  return openBytes(Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength));
}

async function renderObject(
  source: Exclude<ImageSource, { picture: Uint8Array }>,
  request: RenderRequest,
): Promise<RenderOutcome> {
  const object = open(source);
  try {
    return await renderFrames(object, request);
  } finally {
    object.close();
  }
}

/** Frame by frame: of the object itself no more than one frame is in memory when its pixels were left in the file. */
async function renderFrames(object: ImageObject, request: RenderRequest): Promise<RenderOutcome> {
  const { dataset, place } = object;
  const header = readPixelHeader(dataset);
  checkTransferSyntax(dataset.transferSyntax);
  const ranges = frameRanges(dataset, header.image, place);
  const all = request.order === 'geometry' ? frameOrder(dataset, ranges.length) : ranges.map((_, frame) => frame);
  const wanted = request.frames === 'all' ? all : request.frames;
  checkAnswer(header, wanted.length, request.target);
  const frames: RenderedFrame[] = [];
  for (const frame of wanted) {
    const own = ranges[frame];
    if (own === undefined) throw new ImageRefused('zero-frames', 'the object has no frame of that number');
    const bytes = object.read(own);
    const decoded = await decodeFrame(dataset, header, frame, bytes);
    const { target } = request;
    frames.push({
      frame,
      ...(target.kind === 'masked'
        ? await masked(dataset, header, { decoded, bytes, frame }, target.masks)
        : await aimed(header, decoded, frame, target)),
    });
  }
  return { kind: 'rendered', image: header.image, frames };
}

function checkAnswer({ image }: PixelHeader, frames: number, target: RenderTarget): void {
  const side = target.kind === 'encoder' ? target.size ** 2 : image.rows * image.columns;
  const channels =
    image.samplesPerPixel === 3 || image.photometric === 'PALETTE COLOR' || target.kind === 'text' ? 3 : 1;
  const bytes = target.kind === 'stored' || target.kind === 'masked' ? Math.max(8, image.bitsAllocated) / 8 : 1;
  if (side * channels * bytes * frames <= MAX_ANSWER_BYTES) return;
  throw new ImageRefused('absurd-dimensions', 'the frames asked for are more than 1 GiB; ask for fewer at a time');
}

type Aimed = Omit<RenderedFrame, 'frame'>;

async function masked(
  dataset: Dataset,
  header: PixelHeader,
  { frame, ...source }: { readonly decoded: DecodedFrame; readonly bytes: Uint8Array; readonly frame: number },
  masks: readonly MaskRectangle[],
): Promise<Aimed> {
  const { rows: height, columns: width, samplesPerPixel } = header.image;
  const own = masks.filter((mask) => mask.frame === frame);
  const made = await maskFrame(dataset, header, source, own);
  return { width, height, channels: samplesPerPixel === 3 ? 3 : 1, voi: 'none', ...made };
}

function textOf(header: PixelHeader, decoded: DecodedFrame, frame: number): Aimed {
  const { rows: height, columns: width } = header.image;
  const looks = textLooks(header, decoded, shown(header, decoded, frame));
  const strayBits = hasStrayBits(header, decoded);
  return { width, height, channels: 1, voi: 'none', data: Buffer.concat(looks), strayBits };
}

type AimedTarget = Exclude<RenderTarget, { kind: 'masked' }>;

async function aimed(header: PixelHeader, decoded: DecodedFrame, frame: number, target: AimedTarget): Promise<Aimed> {
  const { rows: height, columns: width, samplesPerPixel } = header.image;
  if (target.kind === 'stored') {
    const data = storedFrame(header, decoded);
    return { width, height, channels: samplesPerPixel === 3 ? 3 : 1, data, voi: 'none' };
  }
  if (target.kind === 'text') return textOf(header, decoded, frame);
  return toTarget({ ...shown(header, decoded, frame), width, height }, target);
}

function shown(header: PixelHeader, decoded: DecodedFrame, frame: number): ShownFrame {
  if (header.palette !== undefined) return showPalette(header.palette, header, decoded);
  return header.image.samplesPerPixel === 3 ? showColour(header, decoded) : showGrey(header, decoded, frame);
}

/** What can be made of any picture, whoever decoded it. */
type PictureTarget = Exclude<RenderTarget, { kind: 'stored' | 'text' | 'masked' }>;

async function toTarget(picture: Aimed, target: PictureTarget): Promise<Aimed> {
  if (target.kind === 'display') return picture;
  const { channels, voi } = picture;
  if (target.kind === 'png') return { ...(await pngOf(picture, target.maxSide)), channels, voi };
  return { ...resizeToSquare(picture, target.size, target.resize, target.kernel), channels, voi };
}

/** An uploaded picture has no header to obey: it is shown as it is. */
async function renderPicture(bytes: Uint8Array, target: RenderTarget): Promise<RenderOutcome> {
  const { format, width, height, channels: count, data } = await readPictureFile(bytes);
  const channels = count === 1 ? 1 : 3;
  const picture: Aimed = { width, height, channels, data, voi: 'none' };
  const image = {
    rows: height,
    columns: width,
    frames: 1,
    samplesPerPixel: channels,
    bitsAllocated: 8,
    bitsStored: 8,
    signed: false,
    photometric: channels === 1 ? 'MONOCHROME2' : 'RGB',
    transferSyntax: format,
    lossy: format === 'jpeg',
  };
  if (target.kind === 'masked' || target.kind === 'text')
    throw new ImageRefused('rejected-object', 'an uploaded picture is not cleaned');
  const frame = target.kind === 'stored' ? picture : await toTarget(picture, target);
  return { kind: 'rendered', image, frames: [{ frame: 0, ...frame }] };
}
