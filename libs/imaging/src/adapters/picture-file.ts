import sharp from 'sharp';
import { ImageRefused } from '../domain/failure.ts';
import { resize } from '../domain/resize.ts';
import type { Picture } from '../domain/resize.ts';

/** Pixels an uploaded picture may have: 100 megapixels, well above a mammogram, well below what fills the memory. */
const MAX_PIXELS = 100_000_000;

// One thread a process: several would take the cores from the encoder, and the pool has one process a core anyway.
sharp.concurrency(1);
sharp.cache(false);

/** @param maxSide longer side at most, in pixels; never enlarged. @returns a PNG file. */
export async function pngOf(picture: Picture, maxSide: number | undefined): Promise<Picture> {
  const factor = maxSide === undefined ? 1 : Math.min(1, maxSide / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * factor));
  const height = Math.max(1, Math.round(picture.height * factor));
  const { data, channels } = resize(picture, width, height, 'cubic');
  const image = sharp(data, { raw: { width, height, channels: channels === 1 ? 1 : 3 } });
  // Without the colour space grey is written as RGB, three times the bytes.
  const grey = channels === 1 ? image.toColourspace('b-w') : image;
  return { width, height, channels, data: new Uint8Array(await grey.png().toBuffer()) };
}

/** A PNG or JPEG file as an upright 8-bit picture; transparency lies on black. @throws ImageRefused for anything else. */
export async function readPictureFile(bytes: Uint8Array): Promise<Picture & { readonly format: 'png' | 'jpeg' }> {
  const format = formatOf(bytes);
  const image = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'truncated', pages: 1 });
  try {
    const { space } = await image.metadata();
    const grey = space === 'b-w' || space === 'grey16';
    const upright = image
      .rotate()
      .flatten({ background: '#000' })
      .toColourspace(grey ? 'b-w' : 'srgb');
    const { data, info } = await upright.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { format, width: info.width, height: info.height, channels: info.channels, data: new Uint8Array(data) };
  } catch (cause) {
    throw new ImageRefused('decode-failed', 'the picture file is damaged or larger than 100 megapixels', { cause });
  }
}

/** By the file's first bytes: sharp would open SVG, PDF and more, which nobody should upload here. */
function formatOf(bytes: Uint8Array): 'png' | 'jpeg' {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('hex');
  if (start === '89504e470d0a1a0a') return 'png';
  if (start.startsWith('ffd8ff')) return 'jpeg';
  throw new ImageRefused('rejected-object', 'an uploaded picture must be a PNG or JPEG file');
}
