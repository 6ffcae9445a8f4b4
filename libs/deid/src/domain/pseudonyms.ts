import { createHmac } from 'node:crypto';
import { imageKey, patientKey, seriesKey, studyKey } from '@precedent/kernel';
import type { ImageKey, PatientKey, SeriesKey, StudyKey } from '@precedent/kernel';

/** The secret of this installation and its name; the name is recorded with every study, the secret never. */
export interface DeidKeys {
  readonly keyId: string;
  /** 32 bytes. */
  readonly secret: Buffer;
}

/** Longest shift of dates, in days: ten years back, so that seasons and scanner generations do not give the date away. */
export const MAX_SHIFT_DAYS = 3650;

/** Values remembered by one map; a study holds a few thousand. Above that the map starts anew. */
const CACHE_LIMIT = 50_000;

/** What an object may be known by. Issuer and id together: two hospitals may both have a patient 1001. */
export interface PatientIdentity {
  readonly id: string;
  readonly issuer: string;
  /** Used only when there is no id. */
  readonly name: string;
  readonly birthDate: string;
}

/**
 * Keyed pseudonyms: HMAC-SHA-256 of the source value under a label per purpose, so that nobody without the secret can
 * confirm a guess, and a patient key is never equal to a study key of the same text.
 */
export class Pseudonyms {
  readonly keyId: string;
  readonly #secret: Buffer;
  #keys = new Map<string, string>();
  #uids = new Map<string, string>();
  #shifts = new Map<string, number>();

  constructor(keys: DeidKeys) {
    this.keyId = keys.keyId;
    this.#secret = keys.secret;
  }

  /** @returns the patient's pseudonym, or undefined when the object does not say whose it is. */
  patientKey(identity: PatientIdentity): PatientKey | undefined {
    if (identity.id !== '') return patientKey(this.#key('patient', `id\0${identity.issuer}\0${identity.id}`));
    if (identity.name === '' || identity.birthDate === '') return undefined;
    return patientKey(this.#key('patient', `name\0${identity.name}\0${identity.birthDate}`));
  }

  /** An object that does not say whose it is (Patient ID is Type 2) is of a patient of its own, who has this study only. */
  patientOfStudy(studyUid: string): PatientKey {
    return patientKey(this.#key('patient', `study\0${studyUid}`));
  }

  studyKey(uid: string): StudyKey {
    return studyKey(this.#key('study', uid));
  }

  seriesKey(uid: string): SeriesKey {
    return seriesKey(this.#key('series', uid));
  }

  imageKey(uid: string): ImageKey {
    return imageKey(this.#key('image', uid));
  }

  /** @returns `2.25.` and 128 keyed bits in decimal (PS3.5 B.2): at most 44 characters, no leading zero. */
  uid(source: string): string {
    const known = this.#uids.get(source);
    if (known !== undefined) return known;
    const mapped = `2.25.${BigInt(`0x${this.#key('uid', source)}`).toString()}`;
    if (this.#uids.size >= CACHE_LIMIT) this.#uids = new Map();
    this.#uids.set(source, mapped);
    return mapped;
  }

  /** @returns how many whole days back this patient's dates move: 1..3650, the same for all of the patient's studies. */
  shiftDays(patient: PatientKey): number {
    const known = this.#shifts.get(patient);
    if (known !== undefined) return known;
    const days = 1 + (Number.parseInt(this.#key('dates', patient).slice(0, 12), 16) % MAX_SHIFT_DAYS);
    if (this.#shifts.size >= CACHE_LIMIT) this.#shifts = new Map();
    this.#shifts.set(patient, days);
    return days;
  }

  /** @returns 32 bits that only the secret gives: the waves cut over a patient's face, the same in all of the patient's series. */
  faceSeed(patient: PatientKey): number {
    return Number.parseInt(this.#key('face', patient).slice(0, 8), 16);
  }

  /** First 128 bits, as 32 lower-case hex digits. Remembered: the objects of a study repeat its patient, study and series. */
  #key(label: string, text: string): string {
    const message = `precedent/deid/1/${label}\0${text}`;
    const known = this.#keys.get(message);
    if (known !== undefined) return known;
    const made = createHmac('sha256', this.#secret).update(message).digest('hex').slice(0, 32);
    if (this.#keys.size >= CACHE_LIMIT) this.#keys = new Map();
    this.#keys.set(message, made);
    return made;
  }
}
