import { creatorTagOf, isPrivateCreator, numbersOf, stringsOf } from '@precedent/dicom';
import type { Dataset, Element, NewValue, RewriteAction, Vr } from '@precedent/dicom';
import type { PatientKey } from '@precedent/kernel';
import { capAge, OLDEST_STATED_AGE } from './ages.ts';
import type { DescriptorForm } from './clean-descriptor.ts';
import { conceptIn, STATES_AGE, STATES_BIRTH } from './content-items.ts';
import { shiftDate, shiftDateTime, shiftEach } from './dates.ts';
import { dummyOf } from './dummies.ts';
import type { Decision, ElementRules } from './element-rules.ts';
import type { ProfileRules } from './profile.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { hasSizeOf, safeOperation } from './safe-operations.ts';
import type { SafePrivate } from './safe-private.ts';
import type { Iod, TableOption } from './table.ts';
import { nameOf } from './tag-names.ts';
import type { DeidAction } from './types.ts';
import { asciiOnly } from './spellings.ts';
import { asciiAt, asciiValues, hasFormOf, isRegistered } from './values.ts';

/** What will be done to each element of one object, decided before a byte is written. */
export interface Plan {
  /** Every element that the rewriter will ask about; one that is missing here is a fault, never kept. */
  readonly decisions: ReadonlyMap<Element, RewriteAction>;
  readonly actions: readonly DeidAction[];
  /** Dates written in place of the source's: the leak check must not take one for a leak. */
  readonly newDates: ReadonlySet<string>;
  /** Values that stay by an option (devices, institutions, UIDs): no leak either. */
  readonly retained: ReadonlySet<string>;
  /** The options of PS3.15 E.3 by which something of this object stayed. */
  readonly options: ReadonlySet<TableOption>;
}

/** What the planner asks about texts, given who the object is about. */
export interface TextRules {
  /** Whether a text holds an identifier of the source. */
  identifies(text: string): boolean;
  /** The same of the bytes of an element's value. */
  identifiesIn(element: Element): boolean;
  /** @returns what of a descriptor may stay */
  clean(text: string, form: DescriptorForm): string;
}

const CODING_SCHEME = 0x00080102;
const CODING_SCHEME_VERSION = 0x00080103;
/** What stands in place of a code of a hospital's own: its values may name a person (PS3.3 8.8 asks for all three). */
const NEUTRAL_CODE: Readonly<Record<number, string>> = {
  0x00080100: 'REMOVED',
  0x00080102: '99REMOVED',
  0x00080104: 'Removed',
  // A Long Code Value has more than 16 characters (PS3.3 8.1).
  0x00080119: 'REMOVED-LONG-CODE',
};
const NUMERIC_VALUE = 0x0040a30a;
const FLOATING_VALUE = 0x0040a161;
/** VRs of whole sentences, where a mark shows that something went. */
const PROSE_VRS = new Set<Vr>(['LT', 'ST', 'UT']);
const PRIVATE: Decision = { rule: 'private', operation: 'drop', otherwise: 'drop', vr: 'LO' };

const KEEP: RewriteAction = { kind: 'keep' };
const DROP: RewriteAction = { kind: 'drop' };
const EMPTY: RewriteAction = { kind: 'empty' };
const RECURSE: RewriteAction = { kind: 'recurse' };

/** Where the walk is: the items around an element, and the code scheme of the item it is in. */
interface Spot {
  readonly path: string;
  readonly parent: number | undefined;
  readonly scheme: string;
  /** What the content item around it is about (`code scheme`), of an SR tree. */
  readonly concept: string;
  /** Within a sequence that an option keeps: its codes may be a hospital's own. */
  readonly retained: boolean;
}

const TOP: Spot = { path: '', parent: undefined, scheme: '', concept: '', retained: false };

/** Makes the plan of one object: a walk over all elements that will remain, to any depth. */
export class Planner {
  readonly #rules: ElementRules;
  readonly #profile: ProfileRules;
  readonly #pseudonyms: Pseudonyms;
  readonly #dataset: Dataset;
  readonly #iod: Iod;
  readonly #patient: PatientKey;
  readonly #shiftDays: number;
  readonly #texts: TextRules;
  readonly #safePrivate: SafePrivate;
  readonly #decisions = new Map<Element, RewriteAction>();
  readonly #actions: DeidAction[] = [];
  readonly #newDates = new Set<string>();
  readonly #retained = new Set<string>();
  readonly #options = new Set<TableOption>();

  constructor(
    policy: { rules: ElementRules; profile: ProfileRules; pseudonyms: Pseudonyms; safePrivate: SafePrivate },
    object: { dataset: Dataset; iod: Iod; patient: PatientKey; texts: TextRules },
  ) {
    this.#rules = policy.rules;
    this.#profile = policy.profile;
    this.#pseudonyms = policy.pseudonyms;
    this.#dataset = object.dataset;
    this.#iod = object.iod;
    this.#patient = object.patient;
    this.#shiftDays = policy.profile.dates === 'kept' ? 0 : policy.pseudonyms.shiftDays(object.patient);
    this.#texts = object.texts;
    this.#safePrivate = policy.safePrivate;
  }

  plan(): Plan {
    this.#walk(this.#dataset.elements, TOP);
    return {
      decisions: this.#decisions,
      actions: this.#actions,
      newDates: this.#newDates,
      retained: this.#retained,
      options: this.#options,
    };
  }

  #walk(elements: readonly Element[], spot: Spot): void {
    const creators = new Map<number, Element>();
    for (const element of elements) {
      const decision = this.#rules.decide(element.tag, element.vr, { iod: this.#iod, parent: spot.parent });
      if (decision.operation === 'private') this.#private(element, decision, { spot, creators });
      else this.#decisions.set(element, this.#apply(element, decision, spot));
    }
    for (const creator of creators.values())
      if (!this.#decisions.has(creator))
        this.#decisions.set(creator, this.#note(creator, PRIVATE, spot, 'removed', DROP));
  }

  /** A creator stays with the first of its elements that stays; until then it is only remembered. */
  #private(element: Element, decision: Decision, level: { spot: Spot; creators: Map<number, Element> }): void {
    const { spot, creators } = level;
    if (isPrivateCreator(element.tag) && !this.#safePrivate.isEmpty && !creators.has(element.tag)) {
      creators.set(element.tag, element);
      return;
    }
    const owner = creators.get(creatorTagOf(element.tag));
    const done = owner === undefined ? undefined : this.#safe(element, owner, spot);
    if (done === undefined || owner === undefined) {
      this.#decisions.set(element, this.#note(element, decision, spot, 'removed', DROP));
      return;
    }
    this.#decisions.set(element, done);
    this.#decisions.set(owner, KEEP);
    this.#options.add('safePrivate');
  }

  /** @returns what is done with a safe private element, or undefined where it must go. */
  #safe(element: Element, owner: Element, spot: Spot): RewriteAction | undefined {
    const vr = this.#safePrivate.vrOf(stringsOf(this.#dataset, owner)[0] ?? '', element.tag);
    if (vr === undefined || !(element.vr === vr || element.vr === 'UN') || !hasSizeOf(vr, element)) return undefined;
    const operation = safeOperation(vr, this.#profile);
    if (operation === undefined) return undefined;
    const done = this.#apply(element, { rule: 'safe private', operation, otherwise: 'drop', vr }, spot);
    return done.kind === 'drop' ? undefined : done;
  }

  #apply(element: Element, decision: Decision, spot: Spot): RewriteAction {
    const special = this.#ofContentItem(element, decision, spot);
    if (special !== undefined) return special;
    switch (decision.operation) {
      case 'keep':
        return this.#keep(element, decision);
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
      case 'text':
        return this.#text(element, decision, spot);
      case 'clean':
        return this.#clean(element, decision, spot);
      case 'private':
        return this.#basic(element, decision, 'drop', spot);
    }
  }

  /** What an SR says of the patient under a name of its own: a birth date is none of the dates that move, ages have a cap. */
  #ofContentItem(element: Element, decision: Decision, spot: Spot): RewriteAction | undefined {
    if (spot.concept === '' || element.valueStart === element.valueEnd) return undefined;
    if (STATES_BIRTH.has(spot.concept) && decision.operation === 'date' && this.#profile.birthDate !== 'shifted')
      return this.#basic(element, { ...decision, rule: 'content item: birth' }, 'dummy', spot);
    if (!STATES_AGE.has(spot.concept) || !(element.tag === NUMERIC_VALUE || element.tag === FLOATING_VALUE))
      return undefined;
    if (!numbersOf(this.#dataset, element).some((age) => !(age <= OLDEST_STATED_AGE))) return undefined;
    const rule = { ...decision, rule: 'content item: age' };
    if (element.tag === FLOATING_VALUE) return this.#basic(element, rule, 'drop', spot);
    return this.#replace(element, rule, spot, 'capped', { text: String(OLDEST_STATED_AGE + 1) });
  }

  #keep(element: Element, decision: Decision): RewriteAction {
    if (decision.option === undefined || element.valueStart === element.valueEnd) return KEEP;
    this.#options.add(decision.option);
    for (const value of stringsOf(this.#dataset, element)) this.#retained.add(value);
    if (decision.vr === 'DA' || decision.vr === 'DT')
      for (const value of asciiValues(this.#dataset, element)) this.#newDates.add(value.slice(0, 8));
    return KEEP;
  }

  /** A text of the profile's list stays as it is, unless it says who or where: makers are named after people and places. */
  #text(element: Element, decision: Decision, spot: Spot): RewriteAction {
    const raw = this.#dataset.bytes.toString('latin1', element.valueStart, element.valueEnd);
    const [shown = ''] = raw.split('\0');
    const hidesText = /\0[^\0 ]/.test(raw);
    // Behind a NUL many readers see nothing more, and a name may stand there: only what is before it stays.
    if (hidesText && /^[\0-\x7f]+$/.test(raw) && shown !== '' && !this.#texts.identifies(shown))
      return this.#replace(element, decision, spot, 'cleaned', { text: shown });
    if (!hidesText && !this.#texts.identifiesIn(element)) return KEEP;
    return this.#basic(element, { ...decision, rule: `${decision.rule} identifies` }, decision.otherwise, spot);
  }

  #clean(element: Element, decision: Decision, spot: Spot): RewriteAction {
    const values = stringsOf(this.#dataset, element);
    if (values.every((value) => value === '')) return KEEP;
    const form = PROSE_VRS.has(decision.vr) ? 'prose' : 'short';
    const cleaned = values.map((value) => this.#texts.clean(value, form));
    if (cleaned.every((value) => value === '')) return this.#basic(element, decision, decision.otherwise, spot);
    if (decision.option !== undefined) this.#options.add(decision.option);
    if (cleaned.every((value, index) => value === values[index])) return KEEP;
    return this.#replace(element, decision, spot, 'cleaned', { text: cleaned.map(asciiOnly) });
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
        concept: conceptIn(this.#dataset, item.elements) ?? spot.concept,
        retained: spot.retained || decision.option === 'deviceIdentity' || decision.option === 'institutionIdentity',
      });
    });
    if (decision.option !== undefined && element.items.length > 0) this.#options.add(decision.option);
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
    this.#options.add('dates');
    if (shifted.every((value, index) => value === values[index])) return KEEP;
    return this.#replace(element, decision, spot, 'date-shifted', { text: shifted });
  }

  #age(element: Element, decision: Decision, spot: Spot): RewriteAction {
    const value = asciiAt(this.#dataset, [element], element.tag);
    if (value === '') return KEEP;
    const capped = capAge(value);
    if (capped === undefined) return this.#otherwise(element, decision, spot);
    this.#options.add('patientCharacteristics');
    return capped === value ? KEEP : this.#replace(element, decision, spot, 'capped', { text: capped });
  }

  #form(element: Element, decision: Decision, spot: Spot): RewriteAction {
    const [values, identifies] = [asciiValues(this.#dataset, element), this.#texts.identifiesIn(element)];
    const fits = (value: string): boolean =>
      hasFormOf(element.tag, decision.vr, value) && !(identifies && this.#texts.identifies(value));
    const fitting = values.map((value) => (fits(value) ? value : ''));
    if (fitting.every((value, index) => value === values[index])) {
      if (decision.option !== undefined && values.some((value) => value !== '')) this.#options.add(decision.option);
      return KEEP;
    }
    if (fitting.every((value) => value === '')) return this.#otherwise(element, decision, spot);
    return this.#replace(element, decision, spot, 'cleaned', { text: fitting });
  }

  #code(element: Element, decision: Decision, spot: Spot): RewriteAction {
    if (spot.retained || this.#profile.keepCodingSchemes.includes(spot.scheme)) return KEEP;
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
