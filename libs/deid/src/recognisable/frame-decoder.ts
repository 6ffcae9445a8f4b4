import { readFile } from 'node:fs/promises';
import { numbersOf, readDataset } from '@precedent/dicom';
import { ImagingSandbox } from '@precedent/imaging';
import type { ImageDescription, RenderedFrame } from '@precedent/imaging';
import { sampleReader } from './samples.ts';
import type { ObjectSource } from './object-source.ts';

/** Grey samples of single frames, decoded where a decoder's death harms nobody. */
export interface FrameDecoder {
  /** @returns the stored values of one frame, sign and unused bits settled; undefined when it is not grey or not decodable */
  decode(source: ObjectSource, frame: number): Promise<ArrayLike<number> | undefined>;
  /** @returns all frames of an object as stored samples (little endian, Bits Allocated each); undefined as above */
  stored(
    bytes: Buffer,
  ): Promise<{ readonly image: ImageDescription; readonly frames: readonly RenderedFrame[] } | undefined>;
}

/** Decodes in the imaging sandbox, whose child processes start with the first picture that is asked for. */
export class SandboxDecoder implements FrameDecoder {
  #sandbox: ImagingSandbox | undefined;
  #highBit: { readonly source: ObjectSource; readonly value: number } | undefined;

  async decode(source: ObjectSource, frame: number): Promise<ArrayLike<number> | undefined> {
    const outcome = await this.#child().render({ source, frames: [frame], target: { kind: 'stored' } });
    if (outcome.kind === 'failed') return undefined;
    const [rendered] = outcome.frames;
    if (rendered === undefined || rendered.channels !== 1 || !isPlain(outcome.image)) return undefined;
    const read = sampleReader(outcome.image, await this.#highBitOf(source, outcome.image));
    return read(rendered.data);
  }

  async stored(bytes: Buffer): ReturnType<FrameDecoder['stored']> {
    const outcome = await this.#child().render({ source: { bytes }, frames: 'all', target: { kind: 'stored' } });
    if (outcome.kind === 'failed' || !isPlain(outcome.image)) return undefined;
    return { image: outcome.image, frames: outcome.frames };
  }

  /** Ends the child processes. */
  async stop(): Promise<void> {
    await this.#sandbox?.stop();
    this.#sandbox = undefined;
  }

  #child(): ImagingSandbox {
    return (this.#sandbox ??= new ImagingSandbox({ processes: 1 }));
  }

  /** Samples that do not end at Bits Stored − 1 are rare enough to read the header again for. */
  async #highBitOf(source: ObjectSource, { bitsStored }: ImageDescription): Promise<number> {
    if (this.#highBit?.source === source) return this.#highBit.value;
    const bytes = 'bytes' in source ? source.bytes : await readFile(source.path);
    const read = readDataset(bytes);
    const value = read.kind === 'read' ? (numbersOf(read.dataset, 0x00280102)[0] ?? bitsStored - 1) : bitsStored - 1;
    this.#highBit = { source, value };
    return value;
  }
}

/** One grey channel of integers of 8 or 16 bits. */
export function isPlain(image: ImageDescription): boolean {
  const isGrey = image.samplesPerPixel === 1 && image.photometric.startsWith('MONOCHROME');
  return isGrey && image.floating === undefined && (image.bitsAllocated === 8 || image.bitsAllocated === 16);
}
