// Pictures and their code streams. The noise is no anatomy: nothing here looks at pictures, only at whether they stay.
import { encodeFrames } from '@precedent/imaging';
import type { Random } from '../fuzz/random.ts';
import type { Node, Syntax } from './dataset.ts';
import { evenly, SYNTAX } from './dataset.ts';
import { tinyJpeg } from './tiny-jpeg.ts';
import type { Kind } from './kinds.ts';
import { numbers, text } from './sheet.ts';
import type { Sheet } from './sheet.ts';

export const SIDE = 32;
const PIXEL_DATA = 0x7fe00010;

interface Shape {
  readonly samples: number;
  readonly allocated: number;
  readonly stored: number;
}

export const shapeOf = ({ picture }: Kind): Shape => {
  if (picture === 'gray16') return { samples: 1, allocated: 16, stored: 12 };
  if (picture === 'colour') return { samples: 3, allocated: 8, stored: 8 };
  return { samples: 1, allocated: picture === 'mask' ? 1 : 8, stored: picture === 'mask' ? 1 : 8 };
};

export function noise(random: Random, kind: Kind): Buffer[] {
  const { samples, allocated } = shapeOf(kind);
  return Array.from({ length: kind.frames }, () => {
    const frame = random.bytes((SIDE * SIDE * samples * allocated) / 8);
    if (allocated === 16) for (let at = 1; at < frame.length; at += 2) frame[at] = (frame[at] ?? 0) & 0x0f;
    return frame;
  });
}

/** Image Pixel module (PS3.3 C.7.6.3). */
export function pixelModule(sheet: Sheet, kind: Kind): readonly Node[] {
  const { samples, allocated, stored } = shapeOf(kind);
  return [
    numbers('SamplesPerPixel', samples),
    text(sheet, 'PhotometricInterpretation', samples === 3 ? 'RGB' : 'MONOCHROME2'),
    ...(samples === 3 ? [numbers('PlanarConfiguration', 0)] : []),
    ...(kind.frames > 1 ? [numbers('NumberOfFrames', kind.frames)] : []),
    numbers('Rows', SIDE),
    numbers('Columns', SIDE),
    numbers('BitsAllocated', allocated),
    numbers('BitsStored', stored),
    numbers('HighBit', stored - 1),
    numbers('PixelRepresentation', 0),
  ];
}

/** Code streams of the frames, or undefined where they lie as they are. */
export async function streamsOf(frames: readonly Buffer[], kind: Kind, syntax: Syntax): Promise<Buffer[] | undefined> {
  if (syntax === SYNTAX.jpeg) return frames.map((frame) => tinyJpeg(frame[0] ?? 0, SIDE));
  if (syntax !== SYNTAX.rle && syntax !== SYNTAX.jpegLs && syntax !== SYNTAX.jpeg2000) return undefined;
  const { samples, allocated, stored } = shapeOf(kind);
  const raw = {
    frames,
    rows: SIDE,
    columns: SIDE,
    samplesPerPixel: samples,
    bitsAllocated: allocated,
    bitsStored: stored,
    signed: false,
  };
  const streams = await encodeFrames(raw as Parameters<typeof encodeFrames>[0], syntax);
  return streams.map((stream) => evenly(Buffer.from(stream)));
}

export function pixelData(
  frames: readonly Buffer[],
  streams: readonly Buffer[] | undefined,
  kind: Kind,
  offsets: Buffer,
): Node {
  if (streams !== undefined) return { tag: PIXEL_DATA, vr: 'OB', fragments: [offsets, ...streams] };
  return { tag: PIXEL_DATA, vr: shapeOf(kind).allocated === 16 ? 'OW' : 'OB', value: evenly(Buffer.concat(frames)) };
}
