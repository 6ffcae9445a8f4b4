import { z } from 'zod';

const keyword = z.string().regex(/^[A-Z][A-Za-z0-9]*$/, 'a keyword of the DICOM dictionary');

/**
 * A de-identification profile as written in `governance/deid-profiles/*.yaml`. Strict: an unknown or misspelt key is an
 * error, since a rule that is silently not read keeps what it was meant to remove.
 */
export const profileSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.int().positive(),
  edition: z.literal('2024e'),
  /** `shifted`: PS3.15 E.3.6 with modified dates; `removed`: the Basic profile's own action. */
  dates: z.enum(['shifted', 'removed']),
  /** `kept` keeps times of day (TM, and the time part of DT); `removed` applies the Basic profile. */
  times: z.enum(['kept', 'removed']),
  birthDate: z.enum(['emptied', 'shifted']),
  /** Rows of Table E.1-1 kept under Retain Patient Characteristics (E.3.7). */
  keepPatientCharacteristics: z.array(z.enum(['PatientSex', 'PatientAge', 'PatientSize', 'PatientWeight'])),
  /** `clean`: text burned into pictures is sought on every frame and masked (PS3.15 E.3.1); `off`: pictures pass as they are. */
  pixels: z.enum(['clean', 'off']).default('clean'),
  /** Text attributes (LO, SH, and longer ones) without a row that stay; all other text goes. */
  keepText: z.array(keyword),
  /** Binary attributes (OB, OW, ...) without a row that stay; all others go. */
  keepBinary: z.array(keyword),
  /** Coding schemes whose code, version and meaning may stay; codes of any other scheme are replaced. */
  keepCodingSchemes: z.array(z.string().min(1)),
  /** Words that are names of people and of body parts alike: not searched alone by the leak check, only in a whole name. */
  ordinaryWords: z.array(z.string().min(3)),
});

export type ProfileRules = z.infer<typeof profileSchema>;

/** A profile with the SHA-256 of its file, which the record of every study carries. */
export interface DeidProfile {
  readonly rules: ProfileRules;
  readonly sha256: string;
}
