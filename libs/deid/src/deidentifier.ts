import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readDataset } from '@precedent/dicom';
import type { SealedInstance, SealedStudy } from '@precedent/ingress';
import type { PatientKey, StudyKey } from '@precedent/kernel';
import { codeOf } from '@precedent/kernel';
import { FaceCleaner } from './clean-faces.ts';
import type { PlannedFaces } from './clean-faces.ts';
import { cleanOutcome } from './clean-outcome.ts';
import { deidentifyObject, keysIn } from './deidentify-object.ts';
import type {
  DeidentifiedObject,
  ObjectKeys,
  ObjectOutcome,
  ObjectPolicy,
  TracedOutcome,
} from './deidentify-object.ts';
import { DescriptorCleaner } from './domain/clean-descriptor.ts';
import { ElementRules } from './domain/element-rules.ts';
import { identifiersOf } from './domain/identifiers.ts';
import { LeakCheck } from './domain/leak-check.ts';
import type { PixelCleaner } from './domain/pixel-cleaning.ts';
import type { DeidProfile } from './domain/profile.ts';
import type { DeidKeys } from './domain/pseudonyms.ts';
import { SafePrivate } from './domain/safe-private.ts';
import { Pseudonyms } from './domain/pseudonyms.ts';
import type {
  CleanedOutcome,
  DeidentifiedInstance,
  DeidentifiedStudy,
  QuarantinedInstance,
  QuarantineReason,
} from './domain/types.ts';
import { mergeIdentities, sealIdentity } from './vault/domain/identity.ts';
import type { SealedRow, VaultKey } from './vault/domain/types.ts';
import type { FacePlan } from './recognisable/face-plan.ts';
import { SandboxDecoder } from './recognisable/frame-decoder.ts';
import type { FrameDecoder } from './recognisable/frame-decoder.ts';
import type { ObjectSource } from './recognisable/object-source.ts';
import { FieldStore } from './recognisable/remove-faces.ts';

export interface DeidentifierOptions {
  readonly keys: DeidKeys;
  readonly profile: DeidProfile;
  /** Let images through whose pixels nobody has cleaned; recorded with every study. */
  readonly allowUncleanedPixels: boolean;
  /** In place of what the profile says of pixels. `off` is the same as `allowUncleanedPixels`. */
  readonly pixels?: 'clean' | 'off';
}

/** Parts with processes of their own, made by whoever ends them. */
export interface DeidentifierParts {
  readonly pixelCleaner?: PixelCleaner;
  /** Decodes volumes in search of faces. By default in child processes that start with the first volume; see `stop`. */
  readonly faceDecoder?: FrameDecoder;
}

export type DeidentifiedStudyOutcome =
  | {
      readonly kind: 'deidentified';
      readonly study: DeidentifiedStudy;
      /** Whose and what it was, readable with the vault's key only; beside the study, which carries nothing of it. */
      readonly sealed: readonly SealedRow[];
    }
  /** No instance came out. */
  | { readonly kind: 'quarantined'; readonly instances: readonly QuarantinedInstance[] };

interface Treated extends TracedOutcome {
  readonly instance: SealedInstance;
}

/** De-identifies objects and whole studies under one profile and one key. */
export class Deidentifier {
  readonly #profile: DeidProfile;
  readonly #policy: ObjectPolicy;
  /** Absent where pictures pass as they are. */
  readonly #faces: FaceCleaner | undefined;

  constructor(options: DeidentifierOptions, { pixelCleaner, faceDecoder }: DeidentifierParts = {}) {
    const { keys, profile } = options;
    this.#profile = profile;
    this.#policy = {
      profile: profile.rules,
      rules: new ElementRules(profile.rules),
      pseudonyms: new Pseudonyms(keys),
      leaks: new LeakCheck(profile.rules.ordinaryWords),
      safePrivate: new SafePrivate(profile.rules.safePrivate === 'kept', profile.rules.keepPrivate),
      descriptors: new DescriptorCleaner(profile.rules.vocabulary),
      pixels: lookAtPixels(options) === 'off' ? 'off' : pixelCleaner,
    };
    const { pixels, pseudonyms } = this.#policy;
    if (pixels !== 'off') this.#faces = new FaceCleaner(profile.rules, pseudonyms, faceDecoder ?? new SandboxDecoder());
  }

  /** Ends the child processes that looked for faces, if any were started. */
  async stop(): Promise<void> {
    await this.#faces?.stop();
  }

  studyKeyOf(studyInstanceUid: string): StudyKey {
    return this.#policy.pseudonyms.studyKey(studyInstanceUid);
  }

  /** @returns the pseudonyms of an object, or null when it cannot be read or does not say whose it is. */
  keysOf(bytes: Buffer): ObjectKeys | null {
    const read = readDataset(bytes);
    return read.kind === 'read' ? (keysIn(read.dataset, this.#policy.pseudonyms) ?? null) : null;
  }

  /** Looks through all objects of a folder for series from which a face could be rebuilt; undefined where nobody is to look. */
  async planFaces<Key>(objects: Iterable<readonly [Key, ObjectSource]>): Promise<FacePlan<Key> | undefined> {
    return this.#faces?.plan(objects);
  }

  /**
   * @param faces what the plan says of the object's whole series. Without it nothing is said of a face, except of an object
   *   of many frames, which is looked at as a series of its own.
   */
  async deidentifyObject(bytes: Buffer, faces?: PlannedFaces): Promise<ObjectOutcome> {
    return (await this.#treat(bytes, faces)).outcome;
  }

  /**
   * De-identifies what the spool holds of a study. Content never makes it throw: each instance comes out or is
   * quarantined with a reason. A spool that cannot be read throws, so that the job is tried again.
   * @param vaultKey seals whose study it was; without one (vault switched off) nobody can tell afterwards
   */
  async deidentifyStudy(study: SealedStudy, vaultKey?: VaultKey): Promise<DeidentifiedStudyOutcome> {
    const treated: Treated[] = [];
    // Without a cleaner every image is held back anyway.
    const plan =
      this.#policy.pixels &&
      (await this.planFaces(study.instances.map((instance) => [instance, { path: instance.spoolPath }] as const)));
    const fields = new FieldStore(plan?.fields ?? []);
    for (const instance of study.instances) {
      const bytes = await readFile(instance.spoolPath);
      const faces = plan && { faces: plan.objects.get(instance), fields };
      treated.push({ instance, ...(await this.#treatInstance(bytes, instance, { study, faces })) });
    }
    const settled = holdDoubles(holdMixedPatients(holdUnknownAmongKnown(treated.map(holdWithoutPicture))));
    const quarantined = settled.flatMap(quarantinedOf);
    const patient = settled.flatMap(({ outcome }) => (outcome.kind === 'deidentified' ? [outcome.patientKey] : []))[0];
    if (patient === undefined) return { kind: 'quarantined', instances: quarantined };
    const made = this.#studyOf(study, settled, patient);
    return { kind: 'deidentified', study: made, sealed: sealedOf(made, settled, vaultKey) };
  }

  async #treatInstance(
    bytes: Buffer,
    instance: SealedInstance,
    { study, faces }: { study: SealedStudy; faces: PlannedFaces | undefined },
  ): Promise<TracedOutcome> {
    if (createHash('sha256').update(bytes).digest('hex') !== instance.sha256)
      return { outcome: held('disputed', 'The spool file is not the one that was received: receive the study again.') };
    const traced = await this.#treat(bytes, faces);
    const { outcome } = traced;
    if (outcome.kind === 'quarantined') return traced;
    const { pseudonyms } = this.#policy;
    if (outcome.studyKey !== pseudonyms.studyKey(study.studyInstanceUid))
      return { outcome: held('disputed', 'The object belongs to another study than the one it was received with.') };
    if (outcome.imageKey !== pseudonyms.imageKey(instance.sopInstanceUid))
      return {
        outcome: held(
          'sop-uid-conflict',
          'The object has another SOP Instance UID than the one it was received under.',
        ),
      };
    return traced;
  }

  /** A fault in one object (never expected) holds that object back and no other. */
  async #treat(bytes: Buffer, planned: PlannedFaces | undefined): Promise<TracedOutcome> {
    try {
      const faces = this.#policy.pixels && (await this.#faces?.treat(bytes, planned));
      if (faces === undefined) return await deidentifyObject(bytes, this.#policy);
      if (faces.kind === 'held') return { outcome: held(faces.reason, faces.detail) };
      return await deidentifyObject(faces.bytes, this.#policy, faces.done);
    } catch (fault) {
      return {
        outcome: held('malformed', `The object could not be rewritten (${codeOf(fault)}): keep it for the makers.`),
      };
    }
  }

  #studyOf(study: SealedStudy, treated: readonly Treated[], patientKey: PatientKey): DeidentifiedStudy {
    const { rules, sha256 } = this.#profile;
    const { pseudonyms, pixels } = this.#policy;
    const made: Omit<DeidentifiedStudy, keyof MadeMark> = {
      generationId: study.generationId,
      generation: study.generation,
      patientKey,
      studyKey: pseudonyms.studyKey(study.studyInstanceUid),
      instances: treated.flatMap(instanceOf),
      quarantined: treated.flatMap(quarantinedOf),
      outcome: outcomeOf(study, treated),
      profile: { name: rules.name, sha256, keyId: pseudonyms.keyId, uncleanedPixels: pixels === 'off' },
    };
    // The one place that makes the type: the mark exists for the compiler only.
    return made as DeidentifiedStudy;
  }
}

/** Whether pictures are looked at: what the caller asks for goes before what the profile says. */
export function lookAtPixels({ profile, allowUncleanedPixels, pixels }: DeidentifierOptions): 'clean' | 'off' {
  return allowUncleanedPixels ? 'off' : (pixels ?? profile.rules.pixels);
}

/** Only objects that came out count: what a quarantined one says may be what is wrong with it. */
function sealedOf(study: DeidentifiedStudy, treated: readonly Treated[], key?: VaultKey): readonly SealedRow[] {
  if (key === undefined) return [];
  const out = treated.filter(({ outcome }) => outcome.kind === 'deidentified');
  const identity = mergeIdentities(out.flatMap((one) => (one.identity === undefined ? [] : [one.identity])));
  return identity === undefined ? [] : sealIdentity(identity, study, { key, version: Date.now() });
}

type MadeMark = { readonly [Key in Extract<keyof DeidentifiedStudy, symbol>]: true };

function held(reason: QuarantineReason, detail: string): ObjectOutcome {
  return { kind: 'quarantined', reason, detail };
}

function outcomeOf(study: SealedStudy, treated: readonly Treated[]): CleanedOutcome | null {
  if (study.outcome === undefined) return null;
  return cleanOutcome(
    study.outcome,
    treated.flatMap(({ evidence }) => (evidence === undefined ? [] : identifiersOf(evidence))),
  );
}

/** What the pipeline says of an object that comes out but has no picture. */
export const NOT_AN_IMAGE =
  'Reports, presentation states and other objects without a picture are not archived: reject it; `precedent deid` cleans them.';

/** The archive is one of pictures that can be shown and compared: what has none stays out of it. */
function holdWithoutPicture(one: Treated): Treated {
  if (one.outcome.kind === 'quarantined' || one.outcome.hasPicture) return one;
  return { ...one, outcome: held('not-an-image', NOT_AN_IMAGE) };
}

/** Beside objects that say whose they are, one that does not may be anybody's; a study that never says is of one patient. */
function holdUnknownAmongKnown(treated: readonly Treated[]): readonly Treated[] {
  const isOut = ({ outcome }: Treated): boolean => outcome.kind === 'deidentified';
  if (!treated.some((one) => isOut(one) && one.patientUnknown !== true)) return treated;
  const detail = 'The object does not say whose it is, while others of its study do: correct it at the source.';
  return treated.map((one) =>
    isOut(one) && one.patientUnknown === true ? { ...one, outcome: held('missing-identity', detail) } : one,
  );
}

/** Two patients in one study: nobody but a human can say whose it is, so none of it comes out. */
function holdMixedPatients(treated: readonly Treated[]): readonly Treated[] {
  const patients = new Set(
    treated.map(({ outcome }) => (outcome.kind === 'deidentified' ? outcome.patientKey : undefined)),
  );
  patients.delete(undefined);
  if (patients.size < 2) return treated;
  const detail = 'The objects of this study name different patients: correct them at the source.';
  return treated.map((one) =>
    one.outcome.kind === 'deidentified' ? { ...one, outcome: held('mixed-patients', detail) } : one,
  );
}

/** Two objects under one SOP Instance UID: neither is taken over the other. */
function holdDoubles(treated: readonly Treated[]): readonly Treated[] {
  const counts = new Map<string, number>();
  const keyOf = ({ outcome }: Treated): string => (outcome.kind === 'deidentified' ? outcome.imageKey : '');
  for (const one of treated) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  const detail = 'Several objects of this study have the same SOP Instance UID: keep the right one at the source.';
  return treated.map((one) => {
    const double = one.outcome.kind === 'deidentified' && (counts.get(keyOf(one)) ?? 0) > 1;
    return double ? { ...one, outcome: held('sop-uid-conflict', detail) } : one;
  });
}

function quarantinedOf({ instance, outcome }: Treated): QuarantinedInstance[] {
  if (outcome.kind === 'deidentified') return [];
  return [{ receiptId: instance.receiptId, reason: outcome.reason, detail: outcome.detail }];
}

function instanceOf({ instance, outcome }: Treated): DeidentifiedInstance[] {
  return outcome.kind === 'deidentified' ? [toInstance(instance.receiptId, outcome)] : [];
}

function toInstance(receiptId: string, object: DeidentifiedObject): DeidentifiedInstance {
  const { imageKey, seriesKey, bytes, sha256, attributes, actions } = object;
  return { receiptId, imageKey, seriesKey, bytes, sha256, attributes, actions };
}
