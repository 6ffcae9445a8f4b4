import { dictionaryEntry, tagOf } from '@precedent/dicom';
import type { Vr } from '@precedent/dicom';
import { rowOf, resolveCode } from './table.ts';
import type { BasicAction, Iod, TableOption, TableRow } from './table.ts';
import type { ProfileRules } from './profile.ts';
import { isStamp } from './stamp-tags.ts';

/**
 * What is done to an element. The last ten look at the value: `pseudonym` writes the patient's, `uid` maps each value,
 * `date` moves each value back, `age` caps, `terms` and `numbers` let through only what has the form of their VR,
 * `code` keeps codes of listed schemes, `ordinals` numbers the values instead, `clean` leaves the words of the vocabulary,
 * `text` stays unless it names somebody or a place, `private` keeps what the table of safe private elements or the profile names.
 */
export type Operation =
  | 'keep'
  | 'drop'
  | 'empty'
  | 'dummy'
  | 'recurse'
  | 'pseudonym'
  | 'uid'
  | 'date'
  | 'age'
  | 'terms'
  | 'numbers'
  | 'code'
  | 'ordinals'
  | 'clean'
  | 'text'
  | 'private';

export interface Decision {
  readonly rule: string;
  readonly operation: Operation;
  /** What is done instead when the value is malformed. */
  readonly otherwise: 'drop' | 'empty' | 'dummy';
  /** VR of the dictionary, in which a replacement is written; the encoded one where the dictionary has none. */
  readonly vr: Vr;
  /** The option of PS3.15 E.3 by which the element stays, for the stamp. */
  readonly option?: TableOption;
}

/** Where an element stands, as far as a rule asks. */
export interface Place {
  readonly iod: Iod;
  /** Tag of the sequence around it; undefined at the top level. */
  readonly parent: number | undefined;
}

/** What a row's option does with an element, in place of the Basic profile's action. */
interface Retained {
  readonly operation: Operation;
  readonly option: TableOption;
}

const PATIENT_NAME = 0x00100010;
const PATIENT_ID = 0x00100020;
const BIRTH_DATE = 0x00100030;
const TEXT_VALUE = 0x0040a160;
const ANNOTATION_TEXT = 0x00700006;
const CHARACTER_SET = 0x00080005;
const FRAME_LABEL_VECTOR = 0x00182002;
const MAC_PARAMETERS = 0x4ffe0001;
const TRAILING_PADDING = 0xfffcfffc;

const CODE_TAGS = new Set([0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119, 0x00080120]);
const NUMERIC_VRS = new Set<Vr>(['AT', 'FL', 'FD', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);
/**
 * Text without a row that some IOD requires (PS3.3 C.7.5.2, C.8.20.2 and .4, C.7.6.16.2.11, C.8.8.2, C.8.13.5, 10.9, C.10.5, C.17.3): removed it
 * would leave an object that is not valid. Type 1 and 1C get a dummy, Type 2 is emptied.
 */
const REQUIRED_TEXT = new Map<number, 'dummy' | 'empty'>([
  [tagOf('SoftwareVersions'), 'dummy'],
  [tagOf('SegmentLabel'), 'dummy'],
  [tagOf('SegmentAlgorithmName'), 'dummy'],
  [tagOf('LUTLabel'), 'dummy'],
  [tagOf('RTImageLabel'), 'dummy'],
  [tagOf('RadiationMachineName'), 'empty'],
  [tagOf('ReceiveCoilManufacturerName'), 'empty'],
  [tagOf('TransmitCoilManufacturerName'), 'empty'],
  [tagOf('ContentDescription'), 'empty'],
  [tagOf('TextValue'), 'dummy'],
  [tagOf('UnformattedTextValue'), 'dummy'],
]);
/** Type 2 wherever it stands at the top (PS3.3 C.7.5.1). */
const TYPE_2_TEXT = new Set([tagOf('Manufacturer')]);
/** A term of the creator's own, Type 1 (PS3.3 10.9). */
const CONTENT_LABEL = tagOf('ContentLabel');
const TEXT_VRS = new Set<Vr>(['LO', 'LT', 'SH', 'ST', 'UC', 'UT']);
/** Each of their values is looked at before it stays. */
const FORMED_VRS = new Set<Vr>(['CS', 'DS', 'IS', 'UI']);
const BINARY_VRS = new Set<Vr>(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);

const BASIC: Readonly<Record<BasicAction, Operation>> = {
  X: 'drop',
  Z: 'empty',
  D: 'dummy',
  U: 'uid',
  'U*': 'recurse',
};

/**
 * One decision for each attribute: Table E.1-1 first, then its wildcards as rules, then the class of the VR. What no
 * rule names is removed; nothing stays because nobody thought of it.
 */
export class ElementRules {
  readonly #profile: ProfileRules;
  readonly #keepText: ReadonlySet<number>;
  readonly #cleanText: ReadonlySet<number>;
  readonly #keepBinary: ReadonlySet<number>;
  readonly #keepPatient: ReadonlySet<number>;
  readonly #cache = new Map<Iod, Map<string, Decision>>();

  constructor(profile: ProfileRules) {
    this.#profile = profile;
    this.#keepText = new Set(profile.keepText.map(tagOf));
    this.#cleanText = new Set(profile.cleanText.map(tagOf));
    this.#keepBinary = new Set(profile.keepBinary.map(tagOf));
    this.#keepPatient = new Set(profile.keepPatientCharacteristics.map(tagOf));
  }

  /** Decisions are made once for each (IOD, tag, VR, parent) and remembered. */
  decide(tag: number, vr: Vr, place: Place): Decision {
    // Tags that a sender can invent are not remembered: they would fill the memory.
    if (dictionaryEntry(tag) === undefined) return this.#decide(tag, vr, place);
    const decisions = this.#decisionsOf(place.iod);
    const key = `${tag} ${vr} ${place.parent ?? ''}`;
    const known = decisions.get(key);
    if (known !== undefined) return known;
    const decision = this.#decide(tag, vr, place);
    decisions.set(key, decision);
    return decision;
  }

  #decisionsOf(iod: Iod): Map<string, Decision> {
    const known = this.#cache.get(iod);
    if (known !== undefined) return known;
    const decisions = new Map<string, Decision>();
    this.#cache.set(iod, decisions);
    return decisions;
  }

  #decide(tag: number, vr: Vr, place: Place): Decision {
    const structural = structuralRule(tag, place.parent);
    if (structural === 'private') return made(structural, 'private', vr);
    if (structural !== undefined) return made(structural, 'drop', vr);
    const known = dictionaryEntry(tag)?.vrs ?? [];
    const target = known.includes(vr) ? vr : (known[0] ?? vr);
    if (tag === CHARACTER_SET) return made('character-set', 'terms', target);
    if (place.parent === undefined && (tag === PATIENT_NAME || tag === PATIENT_ID))
      return made('pseudonym', 'pseudonym', target);
    const row = rowOf(tag);
    if (row !== undefined) return this.#byRow(tag, target, row, place);
    if (known.length === 0) return made('unknown', 'drop', vr);
    if (known.includes(vr)) return this.#byVr(tag, vr, place);
    // As UN (PS3.5 6.2.2) a value is still what its attribute is: without this the object loses its class and its scale.
    if (vr === 'UN' && (FORMED_VRS.has(target) || this.#keepText.has(tag) || target === 'SQ'))
      return this.#byVr(tag, target, place);
    // A value whose VR is not the attribute's own may hold anything, so no rule by VR applies to it.
    return made('vr-mismatch', 'drop', vr);
  }

  #byRow(tag: number, vr: Vr, row: TableRow, place: Place): Decision {
    const type = place.iod.typeAt(tag, place.parent);
    const basic = resolveCode(row.code, type);
    const rule = `E.1-1:${row.code}${row.code.includes('/') ? ` type ${type ?? 'none'}` : ''}`;
    const otherwise = basic === 'Z' ? 'empty' : basic === 'D' ? 'dummy' : 'drop';
    const retained = this.#retained(tag, vr, row);
    if (retained !== undefined) return { rule: `${rule} retained`, otherwise, vr, ...retained };
    // A dummy sequence is its own items, each element of them decided by its rule.
    const operation = basic === 'D' && vr === 'SQ' ? 'recurse' : basic === 'D' && vr === 'UI' ? 'uid' : BASIC[basic];
    return { rule, operation, otherwise, vr };
  }

  /** @returns what an option of the profile does with a row, or undefined where the Basic profile stands. */
  #retained(tag: number, vr: Vr, row: TableRow): Retained | undefined {
    if (this.#keepPatient.has(tag))
      return {
        operation: characteristicOperation(vr, row.options.get('patientCharacteristics') ?? 'C'),
        option: 'patientCharacteristics',
      };
    if (tag === BIRTH_DATE)
      return this.#profile.birthDate === 'shifted' ? { operation: 'date', option: 'dates' } : undefined;
    for (const [option, mark] of row.options) {
      const operation = this.#operationOf(option, mark, vr);
      if (operation !== undefined) return { operation, option };
    }
    return undefined;
  }

  /** Options in the order of `OPTION_LETTERS`: dates go before devices, so that a moved date is not kept as it was. */
  #operationOf(option: TableOption, mark: 'K' | 'C', vr: Vr): Operation | undefined {
    const profile = this.#profile;
    switch (option) {
      case 'dates':
        return this.#temporal(vr);
      case 'deviceIdentity':
      case 'institutionIdentity':
        if (profile[option] === 'removed') return undefined;
        return mark === 'C' ? cleaned(vr) : retainedWhole(vr);
      case 'uids':
        return profile.uids === 'kept' ? retainedWhole(vr) : undefined;
      case 'descriptors':
      case 'structuredContent':
      case 'graphics':
        return profile[option] === 'clean' ? cleaned(vr) : undefined;
      default:
        return undefined;
    }
  }

  #temporal(vr: Vr): Operation | undefined {
    if (this.#profile.dates === 'removed') return undefined;
    if (vr === 'DA' || vr === 'DT') return 'date';
    return vr === 'TM' && this.#profile.times === 'kept' ? 'numbers' : undefined;
  }

  #byVr(tag: number, vr: Vr, place: Place): Decision {
    if (vr === 'SQ') return made('sequence', 'recurse', vr);
    if (vr === 'UI') return made('vr:UI', this.#profile.uids === 'kept' ? 'keep' : 'uid', vr);
    const temporal = this.#temporal(vr);
    // What the table forgot moves with the rest, or its interval to the rest would not hold.
    if (temporal !== undefined) return { ...made(`vr:${vr}`, temporal, vr), option: 'dates' };
    if (CODE_TAGS.has(tag)) return made('code', place.parent === undefined ? 'drop' : 'code', vr);
    // Frame Increment Pointer may point here, so the labels go and their number stays.
    if (tag === FRAME_LABEL_VECTOR) return made('frame-labels', 'ordinals', vr);
    // Typed by whoever made the object: what has the form of a term may be a name.
    if (tag === CONTENT_LABEL) return made('content-label', 'dummy', vr);
    if (vr === 'CS') return made('vr:CS', 'terms', vr);
    if (vr === 'DS' || vr === 'IS') return made(`vr:${vr}`, 'numbers', vr);
    if (NUMERIC_VRS.has(vr)) return made(`vr:${vr}`, 'keep', vr);
    const required = REQUIRED_TEXT.get(tag) ?? 'drop';
    if (BINARY_VRS.has(vr) && this.#keepBinary.has(tag)) return made('profile', 'keep', vr);
    if (this.#keepText.has(tag))
      return { ...made('profile', 'text', vr), otherwise: TYPE_2_TEXT.has(tag) ? 'empty' : required };
    const option = this.#cleanedWith(tag);
    if (option !== undefined) return { rule: 'profile cleaned', operation: 'clean', otherwise: required, vr, option };
    return made(`vr:${vr}`, required, vr);
  }

  /** @returns the option by which a text without a row stays in cleaned form, or undefined where it goes. */
  #cleanedWith(tag: number): TableOption | undefined {
    if (!this.#cleanText.has(tag)) return undefined;
    const option = tag === TEXT_VALUE ? 'structuredContent' : tag === ANNOTATION_TEXT ? 'graphics' : 'descriptors';
    return this.#profile[option] === 'clean' ? option : undefined;
  }
}

function characteristicOperation(vr: Vr, mark: 'K' | 'C'): Operation {
  if (vr === 'AS') return 'age';
  if (vr === 'CS') return 'terms';
  if (vr === 'DS') return 'numbers';
  return mark === 'K' ? 'keep' : (cleaned(vr) ?? 'drop');
}

/** Rows marked K: the value stays as it is, a sequence with its items decided one by one. */
function retainedWhole(vr: Vr): Operation {
  return vr === 'SQ' ? 'recurse' : 'keep';
}

/** Rows marked C: texts are cleaned and sequences walked; what is neither (Maker Note, an AE title) has no clean form. */
function cleaned(vr: Vr): Operation | undefined {
  if (vr === 'SQ') return 'recurse';
  return TEXT_VRS.has(vr) ? 'clean' : undefined;
}

function made(rule: string, operation: Operation, vr: Vr): Decision {
  return { rule, operation, otherwise: 'drop', vr };
}

/** @returns the name of the rule that removes whole groups and carriers, or undefined. */
function structuralRule(tag: number, parent: number | undefined): string | undefined {
  const group = tag >>> 16;
  if (group % 2 === 1) return 'private';
  if (group < 0x0008) return 'command-or-meta';
  if ((tag & 0xffff) === 0) return 'group-length';
  if (group >>> 8 === 0x50) return 'curve';
  // The bits of an overlay are a second picture, and nobody has read the text in it.
  if (group >>> 8 === 0x60) return 'overlay';
  if (group === 0x7fe0 && parent !== undefined) return 'nested-pixels';
  if (tag === MAC_PARAMETERS || tag === 0xfffafffa) return 'signature';
  if (tag === TRAILING_PADDING) return 'padding';
  return isStamp(tag) ? 'stated-anew' : undefined;
}
