import { formatTag, stringsOf } from '@precedent/dicom';
import type { Dataset, Element, NewValue, RewriteAction, Vr } from '@precedent/dicom';
import type { PatientKey } from '@precedent/kernel';
import { capAge } from './ages.ts';
import { shiftDate, shiftDateTime, shiftEach } from './dates.ts';
import type { Decision, ElementRules } from './element-rules.ts';
import type { ProfileRules } from './profile.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { Iod } from './table.ts';
import type { DeidAction } from './types.ts';
import { asciiAt, asciiValues, hasFormOf, isRegistered } from './values.ts';

/** What will be done to each element of one object, decided before a byte is written. */
export interface Plan {
  /** Every element that the rewriter will ask about; one that is missing here is a fault, never kept. */
  readonly decisions: ReadonlyMap<Element, RewriteAction>;
  readonly actions: readonly DeidAction[];
  /** Dates written in place of the source's: the leak check must not take one for a leak. */
  readonly newDates: ReadonlySet<string>;
  readonly datesShifted: boolean;
  readonly characteristicsKept: boolean;
}

/** A dummy of PS3.15 E.1.1 for each VR that needs a value. */
const DUMMIES: Partial<Record<Vr, string>> = {
  DA: '19000101',
  DT: '19000101',
  TM: '000000',
  AS: '000Y',
  UR: 'urn:removed',
};
const DUMMY_TEXT = 'REMOVED';
const DUMMY_BYTES = Buffer.alloc(2);

const CODING_SCHEME = 0x00080102;
const CODING_SCHEME_VERSION = 0x00080103;
/** What stands in place of a code of a hospital's own: its values may name a person (PS3.3 8.8 asks for all three). */
const NEUTRAL_CODE: Readonly<Record<number, string>> = {
  0x00080100: 'REMOVED',
  0x00080102: '99REMOVED',
  0x00080104: 'Removed',
  0x00080119: 'REMOVED',
};
const PATIENT_AGE = 0x00101010;

const KEEP: RewriteAction = { kind: 'keep' };
const DROP: RewriteAction = { kind: 'drop' };
const EMPTY: RewriteAction = { kind: 'empty' };
const RECURSE: RewriteAction = { kind: 'recurse' };

/** Where the walk is: the items around an element, and the code scheme of the item it is in. */
interface Spot {
  readonly path: string;
  readonly parent: number | undefined;
  readonly scheme: string;
}

/** Makes the plan of one object: a walk over all elements that will remain, to any depth. */
export class Planner {
  readonly #rules: ElementRules;
  readonly #profile: ProfileRules;
  readonly #pseudonyms: Pseudonyms;
  readonly #dataset: Dataset;
  readonly #iod: Iod;
  readonly #patient: PatientKey;
  readonly #shiftDays: number;
  readonly #decisions = new Map<Element, RewriteAction>();
  readonly #actions: DeidAction[] = [];
  readonly #newDates = new Set<string>();
  #characteristicsKept = false;

  constructor(
    policy: { rules: ElementRules; profile: ProfileRules; pseudonyms: Pseudonyms },
    object: { dataset: Dataset; iod: Iod; patient: PatientKey },
  ) {
    this.#rules = policy.rules;
    this.#profile = policy.profile;
    this.#pseudonyms = policy.pseudonyms;
    this.#dataset = object.dataset;
    this.#iod = object.iod;
    this.#patient = object.patient;
    this.#shiftDays = policy.pseudonyms.shiftDays(object.patient);
  }

  plan(): Plan {
    this.#walk(this.#dataset.elements, { path: '', parent: undefined, scheme: '' });
    return {
      decisions: this.#decisions,
      actions: this.#actions,
      newDates: this.#newDates,
      datesShifted: this.#newDates.size > 0,
      characteristicsKept: this.#characteristicsKept,
    };
  }

  #walk(elements: readonly Element[], spot: Spot): void {
    for (const element of elements) {
      const decision = this.#rules.decide(element.tag, element.vr, { iod: this.#iod, parent: spot.parent });
      this.#decisions.set(element, this.#apply(element, decision, spot));
    }
  }

  #apply(element: Element, decision: Decision, spot: Spot): RewriteAction {
    switch (decision.operation) {
      case 'keep':
        return KEEP;
      case 'drop':
      case 'empty':
      case 'dummy':
        return this.#basic(element, decision, decision.operation, spot);
      case 'recurse':
        return this.#recurse(element, decision, spot);
      case 'pseudonym':
        return this.#replace(element, decision, spot, 'replaced', { text: this.#patient });
      case 'uid':
        return this.#uid(element, decision, spot);
      case 'date':
        return this.#date(element, decision, spot);
      case 'age':
        return this.#age(element, decision, spot);
      case 'terms':
      case 'numbers':
        return this.#form(element, decision, spot);
      case 'code':
        return this.#code(element, decision, spot);
      case 'ordinals':
        return this.#ordinals(element, decision, spot);
    }
  }

  #basic(element: Element, decision: Decision, operation: 'drop' | 'empty' | 'dummy', spot: Spot): RewriteAction {
    if (operation === 'drop') return this.#note(element, decision, spot, 'removed', DROP);
    const blank = element.valueStart === element.valueEnd;
    if (operation === 'empty' || decision.vr === 'SQ')
      return blank ? KEEP : this.#note(element, decision, spot, 'emptied', EMPTY);
    return this.#replace(element, decision, spot, 'replaced', dummyOf(decision.vr));
  }

  #recurse(element: Element, decision: Decision, spot: Spot): RewriteAction {
    // A sequence whose items the reader could not see cannot be cleaned, so it does not stay.
    if (element.items === undefined) {
      const empty = element.valueStart === element.valueEnd;
      return empty ? KEEP : this.#basic(element, decision, 'drop', spot);
    }
    element.items.forEach((item, index) => {
      this.#walk(item.elements, {
        path: `${spot.path}${nameOf(element.tag)}[${index}].`,
        parent: element.tag,
        scheme: asciiAt(this.#dataset, item.elements, CODING_SCHEME),
      });
    });
    return RECURSE;
  }

  #uid(element: Element, decision: Decision, spot: Spot): RewriteAction {
    const values = asciiValues(this.#dataset, element);
    const mapped = values.map((uid) =>
      uid === '' || isRegistered(element.tag, uid) ? uid : this.#pseudonyms.uid(uid),
    );
    if (mapped.every((uid, index) => uid === values[index])) return KEEP;
    return this.#replace(element, decision, spot, 'uid-mapped', { text: mapped });
  }

  #date(element: Element, decision: Decision, spot: Spot): RewriteAction {
    const values = asciiValues(this.#dataset, element);
    if (values.every((value) => value === '')) return KEEP;
    const keepTime = this.#profile.times === 'kept';
    const shifted = shiftEach(values, (value) =>
      decision.vr === 'DA' ? shiftDate(value, this.#shiftDays) : shiftDateTime(value, this.#shiftDays, keepTime),
    );
    if (shifted === undefined) return this.#otherwise(element, decision, spot);
    for (const value of shifted) this.#newDates.add(value.slice(0, 8));
    return this.#replace(element, decision, spot, 'date-shifted', { text: shifted });
  }

  #age(element: Element, decision: Decision, spot: Spot): RewriteAction {
    const value = asciiAt(this.#dataset, [element], PATIENT_AGE);
    if (value === '') return KEEP;
    const capped = capAge(value);
    if (capped === undefined) return this.#otherwise(element, decision, spot);
    this.#characteristicsKept = true;
    return capped === value ? KEEP : this.#replace(element, decision, spot, 'capped', { text: capped });
  }

  #form(element: Element, decision: Decision, spot: Spot): RewriteAction {
    const values = asciiValues(this.#dataset, element);
    const fitting = values.map((value) => (hasFormOf(element.tag, decision.vr, value) ? value : ''));
    if (fitting.every((value, index) => value === values[index])) {
      if (this.#rules.isPatientCharacteristic(element.tag) && values[0] !== '') this.#characteristicsKept = true;
      return KEEP;
    }
    if (fitting.every((value) => value === '')) return this.#otherwise(element, decision, spot);
    return this.#replace(element, decision, spot, 'cleaned', { text: fitting });
  }

  #code(element: Element, decision: Decision, spot: Spot): RewriteAction {
    if (this.#profile.keepCodingSchemes.includes(spot.scheme)) return KEEP;
    const neutral = NEUTRAL_CODE[element.tag];
    if (neutral === undefined || element.tag === CODING_SCHEME_VERSION)
      return this.#basic(element, decision, 'drop', spot);
    return this.#replace(element, { ...decision, rule: 'code:own scheme' }, spot, 'replaced', { text: neutral });
  }

  #ordinals(element: Element, decision: Decision, spot: Spot): RewriteAction {
    const text = stringsOf(this.#dataset, element).map((_, index) => String(index + 1));
    return this.#replace(element, decision, spot, 'replaced', { text });
  }

  /** The value is malformed: what the table says without the option, or removal. */
  #otherwise(element: Element, decision: Decision, spot: Spot): RewriteAction {
    return this.#basic(element, { ...decision, rule: `${decision.rule} malformed` }, decision.otherwise, spot);
  }

  #replace(
    element: Element,
    decision: Decision,
    spot: Spot,
    action: DeidAction['action'],
    value: NewValue,
  ): RewriteAction {
    return this.#note(element, decision, spot, action, { kind: 'replace', value, vr: decision.vr });
  }

  #note(
    element: Element,
    decision: Decision,
    spot: Spot,
    action: DeidAction['action'],
    done: RewriteAction,
  ): RewriteAction {
    this.#actions.push({ path: spot.path + nameOf(element.tag), rule: decision.rule, action });
    return done;
  }
}

function dummyOf(vr: Vr): NewValue {
  if (vr === 'OB' || vr === 'OW' || vr === 'UN') return { bytes: DUMMY_BYTES };
  return { text: DUMMIES[vr] ?? DUMMY_TEXT };
}

const tagNames = new Map<number, string>();

/** Written once for each tag: a thousand objects write the same fifty. */
function nameOf(tag: number): string {
  const known = tagNames.get(tag);
  if (known !== undefined) return known;
  const name = formatTag(tag);
  if (tagNames.size < MAX_TAG_NAMES) tagNames.set(tag, name);
  return name;
}

const MAX_TAG_NAMES = 10_000;
