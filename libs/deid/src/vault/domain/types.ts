import type { PatientKey, StudyKey } from '@precedent/kernel';

/** A patient as one object of the hospital names it; fields are empty where the object says nothing. Identified. */
export interface SourcePatient {
  readonly patientId: string;
  readonly issuer: string;
  readonly name: string;
  /** YYYYMMDD. */
  readonly birthDate: string;
  readonly sex: string;
}

/** A study as the hospital knows it, with its patient. Identified. */
export interface SourceIdentity extends SourcePatient {
  readonly studyInstanceUid: string;
  readonly accessionNumber: string;
  readonly studyId: string;
  /** YYYYMMDD, unshifted. */
  readonly studyDate: string;
}

/** What a pseudonym may stand for. Series and images are found through their study. */
export type PseudonymKind = 'patient' | 'study';

/** What is kept sealed: identities, and of a request what only people may read (the reason) or only the key can make (the approval). */
export type SealKind = PseudonymKind | 'reason' | 'approval';

/** The place of a sealed row. All of it is bound into the ciphertext: a row put in another's place does not open. */
export interface SealLabel {
  readonly kind: SealKind;
  /** A pseudonym, or a request's id. */
  readonly name: string;
  /** The patient whose row it is, so that all of a patient's rows can be forgotten; empty for rows of requests. */
  readonly patientKey: string;
  /** Grows with every new content of the row: time of sealing in ms for identities, the count of looks for approvals. */
  readonly version: number;
}

/** One row of the vault: ciphertext and what is needed to open it with the right key. */
export interface SealedRow extends SealLabel {
  /** Key that wraps this row's data key. */
  readonly keyId: string;
  /** Key that was active when the data key was made: older ones are replaced by a rotation with re-encryption. */
  readonly sealedUnder: string;
  /** Nonce (12) · encrypted data key (32) · tag (16). */
  readonly wrappedKey: Uint8Array;
  /** Nonce (12) · ciphertext · tag (16). */
  readonly payload: Uint8Array;
}

/** A key-encryption key. */
export interface VaultKey {
  readonly keyId: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** What a reveal tells: identified, never logged, never cached. */
export type Identity =
  | { readonly kind: 'patient'; readonly patientKey: PatientKey; readonly patient: SourcePatient }
  | {
      readonly kind: 'study';
      readonly patientKey: PatientKey;
      readonly studyKey: StudyKey;
      readonly identity: SourceIdentity;
    };
