import { readFile, stat } from 'node:fs/promises';
import { readDataset } from '@precedent/dicom';
import { pngOf, readPictureFile } from './adapters/picture-file.ts';
import { checkTransferSyntax, decodeFrame } from './decode-frame.ts';
import { ImageRefused } from './domain/failure.ts';
import { frameBytes, frameRanges } from './domain/frame-ranges.ts';
import { readPixelHeader } from './domain/read-header.ts';
import { resizeToSquare } from './domain/resize.ts';
import { showColour, showPalette } from './domain/show-colour.ts';
import { showGrey } from './domain/show-grey.ts';
import { storedFrame } from './domain/stored.ts';
import type { Dataset } from '@precedent/dicom';
import type { DecodedFrame } from './domain/decoded.ts';
import type { PixelHeader } from './domain/pixel-header.ts';
import type { ShownFrame } from './domain/show-grey.ts';
import type { ImageSource, RenderedFrame, RenderOutcome, RenderRequest, RenderTarget } from './domain/types.ts';

/** Larger answers would fill the pipe and both processes' memory: ask for fewer frames. */
const MAX_ANSWER_BYTES = 2 ** 30;
const MAX_FILE_BYTES = 2 ** 31 - 1;

/** Reads, decodes and renders. Runs inside the sandbox's child: decoders of foreign bytes can hang, crash and swell. */
export async function renderImage(request: RenderRequest): Promise<RenderOutcome> {
  try {
    if ('picture' in request.source) return await renderPicture(request.source.picture, request.target);
    return await renderDataset(open(await bytesOf(request.source)), request);
  } catch (error) {
    if (error instanceof ImageRefused) return { kind: 'failed', reason: error.reason, detail: error.detail };
    const tooLarge = error instanceof RangeError;
    return tooLarge
      ? { kind: 'failed', reason: 'out-of-memory', detail: 'the picture needs more memory than an imaging process has' }
      : { kind: 'failed', reason: 'decode-failed', detail: 'the picture could not be decoded' };
  }
}

async function bytesOf(source: Exclude<ImageSource, { picture: Uint8Array }>): Promise<Buffer> {
  if ('bytes' in source) return Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength);
  try {
    const found = await stat(source.path);
    // A named pipe or a device would be waited for, or read, for ever.
    if (found.isFile() && found.size <= MAX_FILE_BYTES) return await readFile(source.path);
  } catch (cause) {
    throw new ImageRefused('rejected-object', 'the file of the object cannot be opened', { cause });
  }
  throw new ImageRefused('rejected-object', 'the file of the object is no regular file, or larger than 2 GiB');
}

function open(bytes: Buffer): Dataset {
  const outcome = readDataset(bytes);
  if (outcome.kind === 'read') return outcome.dataset;
  throw new ImageRefused('rejected-object', `the object cannot be read (${outcome.reason})`);
}

async function renderDataset(dataset: Dataset, request: RenderRequest): Promise<RenderOutcome> {
  const header = readPixelHeader(dataset);
  checkTransferSyntax(dataset.transferSyntax);
  const ranges = frameRanges(dataset, header.image);
  const wanted = request.frames === 'all' ? ranges.map((_, frame) => frame) : request.frames;
  checkAnswer(header, wanted.length, request.target);
  const frames: RenderedFrame[] = [];
  for (const frame of wanted) {
    const own = ranges[frame];
    if (own === undefined) throw new ImageRefused('zero-frames', 'the object has no frame of that number');
    const decoded = await decodeFrame(dataset, header, frame, frameBytes(dataset, own));
    frames.push({ frame, ...(await aimed(header, decoded, frame, request.target)) });
  }
  return { kind: 'rendered', image: header.image, frames };
}

function checkAnswer({ image }: PixelHeader, frames: number, target: RenderTarget): void {
  const side = target.kind === 'encoder' ? target.size ** 2 : image.rows * image.columns;
  const channels = image.samplesPerPixel === 3 || image.photometric === 'PALETTE COLOR' ? 3 : 1;
  const bytes = target.kind === 'stored' ? Math.max(8, image.bitsAllocated) / 8 : 1;
  if (side * channels * bytes * frames <= MAX_ANSWER_BYTES) return;
  throw new ImageRefused('absurd-dimensions', 'the frames asked for are more than 1 GiB; ask for fewer at a time');
}

type Aimed = Omit<RenderedFrame, 'frame'>;

async function aimed(header: PixelHeader, decoded: DecodedFrame, frame: number, target: RenderTarget): Promise<Aimed> {
  const { rows: height, columns: width, samplesPerPixel } = header.image;
  if (target.kind === 'stored') {
    const data = storedFrame(header, decoded);
    return { width, height, channels: samplesPerPixel === 3 ? 3 : 1, data, voi: 'none' };
  }
  return toTarget({ ...shown(header, decoded, frame), width, height }, target);
}

function shown(header: PixelHeader, decoded: DecodedFrame, frame: number): ShownFrame {
  if (header.palette !== undefined) return showPalette(header.palette, header, decoded);
  return header.image.samplesPerPixel === 3 ? showColour(header, decoded) : showGrey(header, decoded, frame);
}

async function toTarget(picture: Aimed, target: Exclude<RenderTarget, { kind: 'stored' }>): Promise<Aimed> {
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
  const frame = target.kind === 'stored' ? picture : await toTarget(picture, target);
  return { kind: 'rendered', image, frames: [{ frame: 0, ...frame }] };
}
