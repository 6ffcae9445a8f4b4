// Real: every decoder, on real objects of shared/data/dicom that are then damaged. The rule: damage is told, not painted over.
import { describe, expect, it } from '@jest/globals';
import { decodeFrame } from './decode-frame.ts';
import { ImageRefused } from './domain/failure.ts';
import { frameBytes, frameRanges } from './domain/frame-ranges.ts';
import { readPixelHeader } from './domain/read-header.ts';
import { openDataset, sharedPath } from './test-objects.testkit.ts';
import type { DecodedFrame } from './domain/decoded.ts';

const folder = sharedPath('data', 'dicom');
const END = Buffer.from([0xff, 0xd9]);

const objects = [
  ['JPEG baseline', 'pydicom/test_files/SC_rgb_jpeg_dcmtk.dcm'],
  ['JPEG extended 12 bit', 'pydicom/test_files/JPGExtended.dcm'],
  ['JPEG lossless', 'pydicom-data/JPEG-LL.dcm'],
  ['JPEG-LS', 'pydicom-data/JLSL_16_15_1_1F.dcm'],
  ['JPEG 2000', 'pydicom/test_files/examples_jpeg2k.dcm'],
  ['HTJ2K', 'pydicom-data/HTJ2KLossless_08_RGB.dcm'],
] as const;

interface Opened {
  readonly stream: Buffer;
  readonly decode: (stream: Uint8Array) => Promise<DecodedFrame>;
}

function open(path: string): Opened {
  const dataset = openDataset(path);
  const header = readPixelHeader(dataset);
  const stream = Buffer.from(frameBytes(dataset, frameRanges(dataset, header.image)[0] ?? []));
  return { stream, decode: (bytes) => decodeFrame(dataset, header, 0, bytes) };
}

(folder === undefined ? describe.skip : describe)('a damaged code stream', () => {
  describe.each(objects)('%s', (_, file) => {
    const opened = (): Opened => open(sharedPath('data', 'dicom', ...file.split('/')) ?? '');

    it.each([0.05, 0.3, 0.6, 0.9, 0.99])('cut off at %d is refused', async (keep) => {
      const { stream, decode } = opened();
      await expect(decode(stream.subarray(0, stream.length * keep))).rejects.toBeInstanceOf(ImageRefused);
    });

    it.each([0.3, 0.6, 0.9])('that lost all from %d on, but not its end marker, is refused', async (keep) => {
      const { stream, decode } = opened();
      const cut = Buffer.concat([stream.subarray(0, stream.length * keep), END]);
      await expect(decode(cut)).rejects.toBeInstanceOf(ImageRefused);
    });

    it('of garbage, of nothing, of markers only is refused', async () => {
      const { stream, decode } = opened();
      for (const bytes of [
        Buffer.alloc(0),
        END,
        Buffer.alloc(100, 0xff),
        Buffer.concat([stream.subarray(0, 4), END]),
      ]) {
        await expect(decode(bytes)).rejects.toBeInstanceOf(ImageRefused);
      }
    });

    it('does not keep the next good one from being decoded', async () => {
      const { stream, decode } = opened();
      const good = await decode(stream);
      await expect(decode(stream.subarray(0, stream.length / 2))).rejects.toBeInstanceOf(ImageRefused);
      expect(Buffer.compare((await decode(stream)).bytes, good.bytes)).toBe(0);
    });
  });
});
