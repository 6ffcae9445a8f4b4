import { join } from 'node:path';
import type { ArchivedImage, ArchivedStudy, CaseArchive } from '@precedent/archive';
import type { RenderOutcome, RenderRequest } from '@precedent/imaging';
import type { EncodeOptions, EncoderInput, EncoderOutput, ProviderRecord, RegisteredModel } from '@precedent/inference';
import { halfFromFloats } from '@precedent/inference';
import type { StudyKey } from '@precedent/kernel';
import { CodedError, imageKey, objectDigest, patientKey, seriesKey, studyKey } from '@precedent/kernel';
import type { PictureModel, PictureRenderer } from './picture-encoder.ts';

/** Stand-ins for the neighbours of this room, which come in through the constructor. The database and the object store are real. */
export const SIZE = 4;
export const DIMENSION = 3;
export const MAP = 2 * DIMENSION;

export const digest = (seed: number): ReturnType<typeof objectDigest> =>
  objectDigest(seed.toString(16).padStart(64, '0'));

export function fakeModel(weights = 'a'): RegisteredModel {
  const manifest = {
    name: 'fake',
    revision: '1',
    licence: 'Apache-2.0',
    allowedUse: 'any',
    files: [],
    input: {
      name: 'x',
      layout: 'NCHW',
      channels: 1,
      size: SIZE,
      resize: 'pad',
      kernel: 'linear',
      mean: [0],
      scale: [1],
    },
    outputs: { embedding: { name: 'e', dimension: DIMENSION }, tokens: { name: 't', count: 2, dimension: DIMENSION } },
    metric: 'cosine',
    golden: { path: 'golden.json', tolerance: 0.001 },
  } as const;
  const sha256 = weights.repeat(64);
  return {
    manifest,
    graphPath: '',
    graphSha256: sha256,
    weightsSha256: sha256,
    preprocessingSha256: 'b'.repeat(64),
    golden: [],
  };
}

/** (pixel, 1, 2) as vector and twice as map; a pixel of 255 has the zero vector. Remembers how it was called. */
export class FakeSession implements PictureModel {
  readonly provider: ProviderRecord = { requested: 'cpu', used: 'cpu', tried: [{ name: 'cpu' }], runtimeVersion: '0' };
  readonly calls: EncodeOptions[] = [];
  faults: string[] = [];

  encode(inputs: readonly EncoderInput[], options: EncodeOptions = {}): Promise<EncoderOutput[]> {
    this.calls.push(options);
    const code = this.faults.shift();
    if (code !== undefined) return Promise.reject(new CodedError(code, 'planned'));
    return Promise.resolve(inputs.map(({ pixels }) => answer(pixels[0] ?? 0)));
  }
}

function answer(pixel: number): EncoderOutput {
  const embedding = pixel === 255 ? new Float32Array(DIMENSION) : Float32Array.of(pixel, 1, 2);
  return { embedding, tokens: halfFromFloats(Float32Array.of(pixel, 1, 2, -pixel, -1, -2)) };
}

/** Pictures named `<pixel>`; `bad` fails, `short` leaves out every frame but the first. */
export class FakeRenderer implements PictureRenderer {
  readonly requests: RenderRequest[] = [];
  running = 0;
  most = 0;

  async render(request: RenderRequest): Promise<RenderOutcome> {
    this.requests.push(request);
    this.most = Math.max(this.most, (this.running += 1));
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.running -= 1;
    const name = 'path' in request.source ? request.source.path : '';
    if (name.includes('bad')) return { kind: 'failed', reason: 'decode-failed', detail: 'planned' };
    const all = request.frames === 'all' ? [...Array(50).keys()] : request.frames;
    const frames = name.includes('short') ? all.slice(0, 1) : all;
    return {
      kind: 'rendered',
      image: DESCRIPTION,
      frames: frames.map((frame) => rendered(frame, Number(name.split('-').at(-1)))),
    };
  }
}

function rendered(frame: number, pixel: number) {
  const data = new Uint8Array(SIZE * SIZE).fill(pixel === 255 ? 255 : pixel + frame);
  return { frame, width: SIZE, height: SIZE, channels: 1, data, voi: 'none' } as const;
}

const DESCRIPTION = {
  ...{ rows: SIZE, columns: SIZE, frames: 1, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8 },
  ...{ signed: false, photometric: 'MONOCHROME2', transferSyntax: '1.2.840.10008.1.2.1', lossy: false },
};

/** An archive of plain values: study → image names. */
export class FakeArchive implements Pick<CaseArchive, 'studies' | 'imagesOf' | 'objectPath'> {
  images: ArchivedImage[] = [];

  add(study: string, names: readonly string[], frames = 1): void {
    for (const name of names) this.images.push(archived(study, name, frames, this.images.length));
  }

  imagesOf(keys: readonly StudyKey[]): Promise<readonly ArchivedImage[]> {
    return Promise.resolve(this.images.filter((image) => keys.includes(image.studyKey)));
  }

  async studies(keys: readonly StudyKey[]): Promise<ReadonlyMap<StudyKey, ArchivedStudy>> {
    const images = await this.imagesOf(keys);
    return new Map(images.map((image) => [image.studyKey, studyOf(image.studyKey)]));
  }

  objectPath(image: ArchivedImage): string {
    return join('objects', image.imageKey);
  }
}

function archived(study: string, name: string, frames: number, number: number): ArchivedImage {
  return {
    imageKey: imageKey(`${study}-${name}`),
    seriesKey: seriesKey(`${study}-s`),
    studyKey: studyKey(study),
    object: digest(number),
    ...{ rows: SIZE, columns: SIZE, frames, modality: 'CT', bodyPart: 'CHEST' },
    ...{ transferSyntax: '1.2.840.10008.1.2.1', instanceNumber: number, position: null, orientation: null },
  };
}

function studyOf(key: StudyKey): ArchivedStudy {
  return { studyKey: key, patientKey: patientKey(`p-${key}`) } as ArchivedStudy;
}
