import { z } from 'zod';

const keyword = z.string().regex(/^[A-Z][A-Za-z0-9]*$/, 'a keyword of the DICOM dictionary');

/** Defaults are for files of older versions; the sources of the figures are in docs/deidentification.md. */
const recognisableSchema = z.strictObject({
  /** `deface` removes the outer shell of the head, `hold` keeps such series back, `off` does not look. */
  action: z.enum(['deface', 'hold', 'off']).default('deface'),
  /** Depth below the skin of what goes, all round the head. */
  depthMm: z.number().min(2).max(30).default(6),
  /** Most depth below the skin of the face, where the cut follows a smooth surface. */
  faceDepthMm: z.number().min(2).max(60).default(25),
  /** A series with fewer places than this is not dense. */
  minSlices: z.int().min(2).default(12),
  /** Neighbouring places farther apart than this do not count together. */
  maxSpacingMm: z.number().positive().default(6),
  /** Pixels larger than this are too coarse. */
  maxPixelMm: z.number().positive().default(4),
  /** A run of places shorter than this shows no face. */
  minExtentMm: z.number().positive().default(45),
});

/** Rows of Table E.1-1 with a mark under Retain Patient Characteristics (E.3.7). */
const PATIENT_CHARACTERISTICS = [
  'Allergies',
  'EthnicGroup',
  'PatientAge',
  'PatientSex',
  'PatientSexNeutered',
  'PatientSize',
  'PatientWeight',
  'PatientState',
  'PregnancyStatus',
  'PreMedication',
  'SelectorASValue',
  'SmokingStatus',
  'SpecialNeeds',
] as const;

/** Creator, group, last two hex digits of the element, VR: `SIEMENS MR HEADER,0019,0c,IS`. */
const privateElement = z
  .string()
  .regex(
    /^[^,\\]{1,64},[0-9a-f]{3}[13579bdf],[0-9a-f]{2},[A-Z]{2}$/,
    'creator,gggg,ee,VR with an odd group, in lower case',
  );

/** The long lists; a profile's own are added to those of the file named under `lists`. */
const listShape = {
  /** Text attributes (LO, SH, and longer ones) without a row that stay; all other text goes. */
  keepText: z.array(keyword).default([]),
  /** Text attributes without a row that stay in cleaned form, as descriptors do. */
  cleanText: z.array(keyword).default([]),
  /** Binary attributes (OB, OW, ...) without a row that stay; all others go. */
  keepBinary: z.array(keyword).default([]),
  /** Coding schemes whose code, version and meaning may stay; codes of any other scheme are replaced. */
  keepCodingSchemes: z.array(z.string().min(1)).default([]),
  /** Words that are names of people and of body parts alike: not searched alone by the leak check, only in a whole name. */
  ordinaryWords: z.array(z.string().min(3)).default([]),
  /** Words added to the vocabulary of cleaned descriptors, in lower case. */
  vocabulary: z.array(z.string().regex(/^[a-z0-9]+$/)).default([]),
};

export const listsSchema = z.strictObject(listShape);

/**
 * A de-identification profile as written in `governance/deid-profiles/*.yaml`: the Basic profile of PS3.15 Annex E and which of its
 * ten options. Strict: an unknown or misspelt key is an error, since a rule that is silently not read keeps what it was
 * meant to remove.
 */
export const profileSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/),
    version: z.int().positive(),
    edition: z.literal('2024e'),
    /** `clean`: E.3.1, text burned into pictures is sought on every frame and masked; `off`: pictures pass as they are. */
    pixels: z.enum(['clean', 'off']).default('clean'),
    /** What lies outside of all ultrasound regions (PS3.3 C.8.5.5): searched for text like all of a picture, or black. */
    ultrasoundOutside: z.enum(['searched', 'blanked']).default('searched'),
    /** What becomes of CT and MR volumes from which a face could be rebuilt (PS3.15 E.3.2). */
    recognisableFeatures: recognisableSchema.prefault({}),
    /** `common`, or the path of a YAML file beside this one, with long lists that several profiles share. */
    lists: z.string().min(1).optional(),
    /** E.3.3 Clean Graphics: annotations of presentation states stay, their text cleaned. Overlays and curves go either way. */
    graphics: z.enum(['clean', 'removed']).default('removed'),
    /** E.3.4 Clean Structured Content: content trees stay, walked by value type. */
    structuredContent: z.enum(['clean', 'removed']).default('removed'),
    /** E.3.5 Clean Descriptors: descriptions stay as far as they are words of the vocabulary and nothing of the patient. */
    descriptors: z.enum(['clean', 'removed']).default('removed'),
    /** `shifted`: E.3.6 with modified dates; `kept`: E.3.6 with full dates; `removed`: the Basic profile's own action. */
    dates: z.enum(['shifted', 'kept', 'removed']),
    /** `kept` keeps times of day (TM, and the time part of DT); `removed` applies the Basic profile. */
    times: z.enum(['kept', 'removed']),
    birthDate: z.enum(['emptied', 'shifted']),
    /** E.3.7 Retain Patient Characteristics, row by row. */
    keepPatientCharacteristics: z.array(z.enum(PATIENT_CHARACTERISTICS)),
    /** E.3.8 Retain Device Identity. */
    deviceIdentity: z.enum(['kept', 'removed']).default('removed'),
    /** E.3.12 Retain Institution Identity. */
    institutionIdentity: z.enum(['kept', 'removed']).default('removed'),
    /** `mapped` to keyed ones; `kept`: E.3.9 Retain UIDs. */
    uids: z.enum(['mapped', 'kept']).default('mapped'),
    /** E.3.10 Retain Safe Private: elements of Table E.3.10-1, by creator, element and VR. */
    safePrivate: z.enum(['kept', 'removed']).default('removed'),
    /** Further private elements that stay if their values have the form of their VR: `CREATOR,gggg,ee,VR`. */
    keepPrivate: z.array(privateElement).default([]),
    ...listShape,
  })
  .refine(({ dates, times }) => dates !== 'removed' || times === 'removed', {
    path: ['times'],
    message: 'times cannot be kept where dates are removed: PS3.15 E.3.6 keeps both or neither',
  });

export type ProfileRules = z.infer<typeof profileSchema>;
export type ProfileLists = z.infer<typeof listsSchema>;

/** @returns the profile with the lists of its file added. */
export function withLists(rules: ProfileRules, lists: ProfileLists): ProfileRules {
  const joined = (Object.keys(lists) as (keyof ProfileLists)[]).map((key) => [key, [...lists[key], ...rules[key]]]);
  return { ...rules, ...(Object.fromEntries(joined) as ProfileLists) };
}

/** A profile with the SHA-256 of its file and its lists, which the record of every study carries. */
export interface DeidProfile {
  readonly rules: ProfileRules;
  readonly sha256: string;
}
