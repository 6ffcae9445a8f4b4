import type { Deidentifier } from '@precedent/deid';
import type { ImageEmbedder } from '@precedent/embedding';
import type { PatientKey } from '@precedent/kernel';
import { CodedError } from '@precedent/kernel';
import type { RenderRequest } from '@precedent/imaging';
import type { UploadedObject } from './read-upload.ts';

/** Frames of an uploaded query that are embedded, evenly spaced over what was sent. */
const MAX_QUERY_OBJECTS = 32;

export interface UploadedQuery {
  readonly vectors: readonly Float32Array[];
  /** The patient the upload is of, as a pseudonym, so that their own studies do not answer. */
  readonly excludePatient?: PatientKey;
}

/** Turns uploaded objects into query vectors. Nothing of them is stored. */
export class EmbedUpload {
  readonly #embedder: ImageEmbedder;
  readonly #deidentifier: Deidentifier;

  constructor(embedder: ImageEmbedder, deidentifier: Deidentifier) {
    this.#embedder = embedder;
    this.#deidentifier = deidentifier;
  }

  async run(objects: readonly UploadedObject[]): Promise<UploadedQuery> {
    if (objects.length === 0) throw new CodedError('QUERY_EMPTY', 'The upload holds no image: send at least one.');
    const patient = this.#patientOf(objects);
    const embedded = await this.#embedder.embedPictures(evenly(objects).map(requestOf));
    const vectors = embedded.flatMap((e) => (e.kind === 'embedded' ? [e.vector] : []));
    const failed = embedded.find((e) => e.kind === 'failed');
    if (vectors.length === 0) {
      const why = failed?.kind === 'failed' ? `${failed.reason}: ${failed.detail}` : 'it holds no frame';
      throw new CodedError('QUERY_UNREADABLE', `No picture could be made of the upload (${why}).`);
    }
    return patient === undefined ? { vectors } : { vectors, excludePatient: patient };
  }

  /** One patient a question: of two, one's own studies would answer, and the answer would be like neither. */
  #patientOf(objects: readonly UploadedObject[]): PatientKey | undefined {
    const dicom = objects.filter(({ kind }) => kind === 'dicom');
    const patients = new Set(dicom.flatMap(({ bytes }) => this.#deidentifier.keysOf(bytes)?.patientKey ?? []));
    if (patients.size > 1)
      throw new CodedError('QUERY_MIXED', 'The upload holds images of several patients: send those of one study.');
    return [...patients][0];
  }
}

function requestOf({ kind, bytes }: UploadedObject): Pick<RenderRequest, 'source' | 'frames'> {
  return { source: kind === 'dicom' ? { bytes } : { picture: bytes }, frames: 'all' };
}

function evenly(objects: readonly UploadedObject[]): readonly UploadedObject[] {
  if (objects.length <= MAX_QUERY_OBJECTS) return objects;
  const step = objects.length / MAX_QUERY_OBJECTS;
  return objects.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}
