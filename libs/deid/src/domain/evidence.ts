import { bytesOf, dictionaryEntry, stringsOf } from '@precedent/dicom';
import type { Dataset, Element } from '@precedent/dicom';
import { dayOf } from './dates.ts';
import { tableTags } from './table.ts';
import { asciiValues, elementOf, isRegistered } from './values.ts';

/** What an object says about who and where, gathered from every depth of the source before anything is removed. */
export interface Evidence {
  /** Names of the patient (PN of group 0010 and of the same attributes inside sequences). */
  readonly patientNames: ReadonlySet<string>;
  readonly otherNames: ReadonlySet<string>;
  /** The same values as the bytes they had, Latin-1: character sets are guessed wrong sometimes, bytes are not. */
  readonly rawNames: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
  /** Places, addresses, telephone numbers. */
  readonly phrases: ReadonlySet<string>;
  /** YYYYMMDD. */
  readonly dates: ReadonlySet<string>;
  readonly uids: ReadonlySet<string>;
}

/** Numbers given to a person, a visit, an order or a device (Safe Harbor, 45 CFR 164.514(b)(2)). */
const ID_TAGS = new Set([
  0x00080050, 0x00100020, 0x00101000, 0x00101001, 0x00101050, 0x00101090, 0x00200010, 0x00380010, 0x00380060,
  0x00321064, 0x00400009, 0x00400253, 0x00401001, 0x00402016, 0x00402017, 0x00181000, 0x00181004, 0x00181007,
  0x00181003, 0x0018700a,
]);
const PLACE_TAGS = new Set([
  0x00080080, 0x00080081, 0x00080092, 0x00080094, 0x00101040, 0x00102154, 0x00102155, 0x00402010, 0x00081010,
  0x00081040, 0x00400242, 0x00400243, 0x00181010,
]);

/** Rows of Table E.1-1 whose names say that they hold a number or a place, whatever the options do with them. */
const IDENTIFIER = /(?:ID|IDs|Number|Identifier)$/;
const PLACE =
  /(?:Address|TelephoneNumbers?|Institution\w*Name|InstitutionalDepartmentName|Residence|SiteName|Location)$/;
const TEXT_VRS = new Set(['LO', 'SH', 'UC', 'LT', 'ST', 'UT']);

for (const tag of tableTags()) {
  const entry = dictionaryEntry(tag);
  if (entry === undefined || !TEXT_VRS.has(entry.vr) || PLACE_TAGS.has(tag) || ID_TAGS.has(tag)) continue;
  if (PLACE.test(entry.keyword)) PLACE_TAGS.add(tag);
  else if (IDENTIFIER.test(entry.keyword)) ID_TAGS.add(tag);
}

const CHARACTER_SET = 0x00080005;

/** Walks everything the reader saw, dropped parts included. */
export function gatherEvidence(dataset: Dataset): Evidence {
  const gathered = {
    patientNames: new Set<string>(),
    otherNames: new Set<string>(),
    rawNames: new Set<string>(),
    ids: new Set<string>(),
    phrases: new Set<string>(),
    dates: new Set<string>(),
    uids: new Set<string>(),
  };
  walk({ dataset, charsets: [] }, dataset.elements, gathered);
  return gathered;
}

type Gathering = { readonly [Kind in keyof Evidence]: Set<string> };

/** Where the walk is: the object, and the character sets in force (each item may state its own). */
interface Reading {
  readonly dataset: Dataset;
  readonly charsets: readonly string[];
}

function walk({ dataset, charsets }: Reading, elements: readonly Element[], into: Gathering): void {
  const own = elementOf(elements, CHARACTER_SET);
  const reading = { dataset, charsets: own === undefined ? charsets : asciiValues(dataset, own) };
  for (const element of elements) {
    const length = element.valueEnd - element.valueStart;
    if (element.items !== undefined) for (const item of element.items) walk(reading, item.elements, into);
    else if (length > 0 && length <= MAX_VALUE) take(reading, element, into);
  }
}

/** Identifiers are short; longer values are pictures, tables and reports. */
const MAX_VALUE = 1024;

function take(reading: Reading, element: Element, into: Gathering): void {
  const { dataset, charsets } = reading;
  const vr = element.vr === 'UN' ? (dictionaryEntry(element.tag)?.vr ?? 'UN') : element.vr;
  if (vr === 'PN') takeName(reading, element, into);
  else if (vr === 'UI') takeUids(dataset, element, into.uids);
  else if (vr === 'DA' || vr === 'DT') takeDates(dataset, element, into.dates);
  else if (ID_TAGS.has(element.tag)) addAll(stringsOf(dataset, element, charsets), into.ids);
  else if (PLACE_TAGS.has(element.tag)) addAll(stringsOf(dataset, element, charsets), into.phrases);
}

function takeName({ dataset, charsets }: Reading, element: Element, into: Gathering): void {
  const ofPatient = element.tag >>> 16 === 0x0010;
  addAll(stringsOf(dataset, element, charsets), ofPatient ? into.patientNames : into.otherNames);
  if (ofPatient) addAll(bytesOf(dataset, element).toString('latin1').split('\\'), into.rawNames);
}

function takeUids(dataset: Dataset, element: Element, into: Set<string>): void {
  for (const uid of asciiValues(dataset, element)) if (uid !== '' && !isRegistered(element.tag, uid)) into.add(uid);
}

function takeDates(dataset: Dataset, element: Element, into: Set<string>): void {
  for (const value of asciiValues(dataset, element)) {
    const date = value.replaceAll('.', '').slice(0, 8);
    if (dayOf(date) !== undefined) into.add(date);
  }
}

function addAll(values: readonly string[], into: Set<string>): void {
  for (const value of values) {
    const trimmed = value.trim();
    if (trimmed !== '') into.add(trimmed);
  }
}
