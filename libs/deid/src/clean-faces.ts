import { keysIn } from './deidentify-object.ts';
import type { FacesDone } from './deidentify-object.ts';
import type { ProfileRules } from './domain/profile.ts';
import type { Pseudonyms } from './domain/pseudonyms.ts';
import type { QuarantineReason } from './domain/types.ts';
import type { FacePlan, ObjectFaces } from './recognisable/face-plan.ts';
import { SandboxDecoder } from './recognisable/frame-decoder.ts';
import type { FrameDecoder } from './recognisable/frame-decoder.ts';
import { planFaces } from './recognisable/plan-faces.ts';
import type { ObjectSource } from './recognisable/object-source.ts';
import type { FacePlanner } from './recognisable/plan-faces.ts';
import { FieldStore, removeFaces } from './recognisable/remove-faces.ts';

/** What a plan of the whole series says of one object; absent for objects that are no CT or MR. */
export interface PlannedFaces {
  readonly faces: ObjectFaces | undefined;
  readonly fields: FieldStore;
}

export type FaceOutcome =
  | { readonly kind: 'treated'; readonly bytes: Buffer; readonly done: FacesDone }
  | { readonly kind: 'held'; readonly reason: QuarantineReason; readonly detail: string };

/** Clean Recognizable Visual Features (PS3.15 E.3.2): first the whole series is looked at, then object by object treated. */
export class FaceCleaner {
  readonly #planner: FacePlanner;

  constructor(rules: ProfileRules, pseudonyms: Pseudonyms, decoder: FrameDecoder) {
    this.#planner = {
      rules: rules.recognisableFeatures,
      decoder,
      seedOf: (dataset) => {
        const keys = keysIn(dataset, pseudonyms);
        // Without a patient the object is refused in any case.
        return keys === undefined ? 0 : pseudonyms.faceSeed(keys.patientKey);
      },
    };
  }

  plan<Key>(objects: Iterable<readonly [Key, ObjectSource]>): Promise<FacePlan<Key>> {
    return planFaces(objects, this.#planner);
  }

  /**
   * @param planned what the plan of its series says; without one an object of many frames is a series of its own, and
   *   nothing is said of a single frame
   */
  async treat(bytes: Buffer, planned: PlannedFaces | undefined): Promise<FaceOutcome> {
    const { faces, fields } = planned ?? (await this.#planAlone(bytes));
    if (faces === undefined) return { kind: 'treated', bytes, done: 'not-looked-for' };
    if (faces.kind === 'hold') return { kind: 'held', reason: 'recognisable-features', detail: faces.detail };
    if (faces.kind === 'nothing-recognisable') return { kind: 'treated', bytes, done: 'nothing-recognisable' };
    const removal = await removeFaces(bytes, faces, fields, this.#planner.decoder);
    return removal.kind === 'held' ? removal : { kind: 'treated', bytes: removal.bytes, done: 'removed' };
  }

  async #planAlone(bytes: Buffer): Promise<PlannedFaces> {
    const { objects, fields } = await this.plan([['alone', { bytes }]]);
    const faces = objects.get('alone');
    // That nothing is recognisable can be said of a series, not of one picture of it.
    return { faces: faces?.kind === 'nothing-recognisable' ? undefined : faces, fields: new FieldStore(fields) };
  }

  /** Ends the decoder's child processes. */
  async stop(): Promise<void> {
    const { decoder } = this.#planner;
    if (decoder instanceof SandboxDecoder) await decoder.stop();
  }
}
