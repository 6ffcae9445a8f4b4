import { lookUp } from './lookup-table.ts';
import { copyOf, samplesOf, words } from './samples.ts';
import type { DecodedFrame } from './decoded.ts';
import type { Palette, PixelHeader } from './pixel-header.ts';
import type { LookUpTable } from './lookup-table.ts';
import type { Samples } from './samples.ts';
import type { ShownFrame } from './show-grey.ts';

/** RRR…GGG…BBB… → RGBRGB…, in samples. */
function interleaved<T extends Samples>(samples: T): T {
  const out = copyOf(samples);
  const plane = samples.length / 3;
  for (let i = 0, at = 0; i < plane; i++) {
    out[at++] = samples[i] ?? 0;
    out[at++] = samples[plane + i] ?? 0;
    out[at++] = samples[2 * plane + i] ?? 0;
  }
  return out;
}

/** Interleaved samples of a colour frame, YBR_FULL turned into RGB; what `stored` hands out. */
export function colourSamples(header: PixelHeader, frame: DecodedFrame): Samples {
  const samples = samplesOf(frame);
  const inOrder = frame.planar ? interleaved(samples) : samples;
  const isYbr = !frame.rgb && header.image.photometric.startsWith('YBR_FULL');
  return isYbr ? fullRangeToRgb(inOrder, 2 ** header.image.bitsStored) : inOrder;
}

/** YBR_FULL, PS3.3 C.7.6.3.1.2: full-range BT.601. `range` is the number of levels. */
function fullRangeToRgb<T extends Samples>(ybr: T, range: number): T {
  const out = copyOf(ybr);
  const zero = range / 2;
  const clip = (value: number): number => Math.max(0, Math.min(range - 1, Math.round(value)));
  for (let i = 0; i + 2 < ybr.length; i += 3) {
    const y = ybr[i] ?? 0;
    const cb = (ybr[i + 1] ?? 0) - zero;
    const cr = (ybr[i + 2] ?? 0) - zero;
    out[i] = clip(y + 1.402 * cr);
    out[i + 1] = clip(y - 0.344136 * cb - 0.714136 * cr);
    out[i + 2] = clip(y + 1.772 * cb);
  }
  return out;
}

/** Colour frame to 8-bit RGB; no window is applied to colours. */
export function showColour(header: PixelHeader, frame: DecodedFrame): ShownFrame {
  const samples = colourSamples(header, frame);
  const shift = Math.max(0, header.image.bitsStored - 8);
  const data = samples instanceof Uint8Array ? samples : Uint8Array.from(samples, (value) => value >>> shift);
  return { data, channels: 3, voi: 'none' };
}

/** PALETTE COLOR: indices through the three tables, 16-bit entries by their high byte. */
export function showPalette(palette: Palette, header: PixelHeader, frame: DecodedFrame): ShownFrame {
  const samples = frame.bytesPerSample === 1 ? frame.bytes : words(frame.bytes);
  const { bitsStored, signed } = header.image;
  const mask = 2 ** bitsStored - 1;
  const index = (pattern: number): number => (signed && pattern > mask >> 1 ? pattern - mask - 1 : pattern);
  const out = new Uint8Array(samples.length * 3);
  [palette.red, palette.green, palette.blue].forEach((table, channel) => {
    const bytes = Uint8Array.from({ length: mask + 1 }, (_, pattern) => entryByte(table, index(pattern)));
    for (let i = 0, at = channel; i < samples.length; i++, at += 3) out[at] = bytes[(samples[i] ?? 0) & mask] ?? 0;
  });
  return { data: out, channels: 3, voi: 'none' };
}

function entryByte(table: LookUpTable, index: number): number {
  return lookUp(table, index) >> (table.bits - 8);
}
