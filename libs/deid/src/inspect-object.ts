import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { describeObject, readDataset, readIdentity, sniffDicom } from '@precedent/dicom';
import type { ObjectDescription, ReadOutcome } from '@precedent/dicom';
import { describeImage, ImagingSandbox } from '@precedent/imaging';
import { Deidentifier, NOT_AN_IMAGE } from './deidentifier.ts';
import type { PixelCleaner } from './domain/pixel-cleaning.ts';
import type { DeidProfile } from './domain/profile.ts';
import type { DeidKeys } from './domain/pseudonyms.ts';
import type {
  FramesInspection,
  Held,
  Inspection,
  InspectionRequest,
  PipelineVerdict,
} from './domain/inspection-types.ts';
import type { QuarantineReason } from './domain/types.ts';
import type { FrameRenderer } from './inspect-frames.ts';
import { inspectFrames, noPictures } from './inspect-frames.ts';

/** As much of a file as is needed to tell that it is no DICOM object. */
const SNIFF_BYTES = 4096;

/** As much as the door has in hand when it looks for an object's identity (`ingress`, spool folder). */
const HEAD_BYTES = 2 ** 20;

/** Pseudonyms made with it never leave the process; that it is fixed makes every answer repeatable. */
const KEYS: DeidKeys = { keyId: 'inspection', secret: Buffer.alloc(32, 'precedent inspect') };

const DICOMDIR_DETAIL = 'The directory of a medium: it is not taken in; the files that it lists are found anyway.';

export interface InspectorOptions {
  readonly profile: DeidProfile;
  /** Without it, what a profile with clean pixels would do with an image stays open: `pixel-cleaning-pending`. */
  readonly pixelCleaner?: PixelCleaner;
  /** Given by tests only; otherwise child processes are started with the first picture. */
  readonly sandbox?: FrameRenderer & { stop(): Promise<void> };
}

/**
 * Explains single files by the pipeline's own parts: both readers, the gate, a whole de-identification whose result is
 * thrown away, and the imaging sandbox. Needs no key, no service and no database, and changes nothing.
 */
export class ObjectInspector {
  readonly #sandbox: FrameRenderer & { stop(): Promise<void> };
  readonly #byDefault: Deidentifier;
  readonly #withUncleanedPixels: Deidentifier;

  constructor({ profile, sandbox, pixelCleaner }: InspectorOptions) {
    this.#sandbox = sandbox ?? new ImagingSandbox({ processes: 2 });
    const parts = pixelCleaner === undefined ? {} : { pixelCleaner };
    this.#byDefault = new Deidentifier({ keys: KEYS, profile, allowUncleanedPixels: false }, parts);
    this.#withUncleanedPixels = new Deidentifier({ keys: KEYS, profile, allowUncleanedPixels: true });
  }

  /**
   * Whatever is in the file, it is explained.
   * @throws the system's fault where the file cannot be read; ERR_FS_FILE_TOO_LARGE above 2 GiB; whatever `onPicture` throws
   */
  async inspect(request: InspectionRequest): Promise<Inspection> {
    const { bytes, sizeBytes, isWhole } = await bytesToLookAt(request.path);
    const read = readDataset(bytes);
    const object = describeObject(bytes, read);
    const pictures = await this.#pictures(object, read, request);
    return {
      sizeBytes,
      sha256: isWhole ? createHash('sha256').update(bytes).digest('hex') : null,
      object,
      pipeline: await this.#verdict(bytes, object, read),
      pictures,
      notIndexable: notIndexable(pictures),
    };
  }

  /** Ends the child processes. */
  async stop(): Promise<void> {
    await Promise.all([this.#sandbox.stop(), this.#byDefault.stop(), this.#withUncleanedPixels.stop()]);
  }

  async #verdict(bytes: Buffer, { kind }: ObjectDescription, read: ReadOutcome): Promise<PipelineVerdict> {
    if (kind === 'dicomdir') return settled('passed-over', { reason: 'dicomdir', detail: DICOMDIR_DETAIL });
    const atTheDoor = readIdentity(bytes.subarray(0, HEAD_BYTES));
    if (atTheDoor.kind === 'unidentified') return settled(isForeign(atTheDoor) ? 'rejected' : 'quarantined', atTheDoor);
    // A second reading would say the same, and of a deflate bomb take as long again.
    if (read.kind === 'rejected') return settled('quarantined', { reason: read.reason, detail: read.detail });
    const held = await heldBy(this.#byDefault, bytes);
    const isOfPixels = held?.reason === 'pixel-cleaning-pending' || held?.reason === 'text-left';
    if (held === null || !isOfPixels) return settled(held === null ? 'accepted' : 'quarantined', held);
    return { outcome: 'quarantined', ...held, withUncleanedPixels: await heldBy(this.#withUncleanedPixels, bytes) };
  }

  async #pictures(
    { kind, picture }: ObjectDescription,
    read: ReadOutcome,
    request: InspectionRequest,
  ): Promise<FramesInspection | null> {
    if (kind === 'dicomdir' || read.kind === 'rejected' || picture === null) return null;
    const described = describeImage(read.dataset);
    if (described.kind === 'failed') return noPictures(picture.frames, described);
    return inspectFrames(this.#sandbox, described.image, request);
  }
}

async function heldBy(deidentifier: Deidentifier, bytes: Buffer): Promise<Held<QuarantineReason> | null> {
  const outcome = await deidentifier.deidentifyObject(bytes);
  if (outcome.kind === 'deidentified' && !outcome.hasPicture) return { reason: 'not-an-image', detail: NOT_AN_IMAGE };
  return outcome.kind === 'quarantined' ? { reason: outcome.reason, detail: outcome.detail } : null;
}

const isForeign = ({ reason }: { readonly reason: string }): boolean => reason === 'not-dicom' || reason === 'empty';

function notIndexable(pictures: FramesInspection | null): Inspection['notIndexable'] {
  if (pictures === null) return null;
  const lost = pictures.frames.flatMap(({ frame, failure }) => (failure === null ? [] : [{ frame, failure }]));
  const failure = pictures.failure ?? lost[0]?.failure;
  if (failure === undefined) return null;
  const isAll = pictures.failure !== null || lost.length === pictures.frames.length;
  return { ...failure, frames: isAll ? 'all' : lost.map(({ frame }) => frame) };
}

function settled(
  outcome: PipelineVerdict['outcome'],
  held: Held<QuarantineReason | 'dicomdir'> | null,
): PipelineVerdict {
  if (held === null) return { outcome, reason: null, detail: '', withUncleanedPixels: null };
  const { reason, detail } = held;
  return { outcome, reason, detail, withUncleanedPixels: { reason, detail } };
}

/** A video or an archive of gigabytes beside the images is told from its beginning. */
async function bytesToLookAt(path: string): Promise<{ bytes: Buffer; sizeBytes: number; isWhole: boolean }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    if (sniffDicom(head) === 'not-dicom') return { bytes: head, sizeBytes: size, isWhole: size === bytesRead };
  } finally {
    await file.close();
  }
  const bytes = await readFile(path);
  return { bytes, sizeBytes: bytes.length, isWhole: true };
}
