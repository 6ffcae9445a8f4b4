import { CodedError } from '@precedent/kernel';

import { encodeElement } from './encode-element.ts';
import type { FromJsonOptions, JsonPath, JsonRefusal } from './domain/json-types.ts';
import { binaryValue, jsonValues, NOT_ENCODABLE } from './domain/json-read.ts';
import { readLimits } from './domain/limits.ts';
import type { NewElement, NewValue } from './domain/rewrite-types.ts';
import { formatTag, groupOf, isGroupLength, TAG } from './domain/tags.ts';
import type { Tag, Vr } from './domain/types.ts';
import { isVr, VR_TRAITS } from './domain/vr.ts';

export type FromJsonOutcome =
  | { readonly kind: 'parsed'; readonly elements: readonly NewElement[] }
  | {
      readonly kind: 'refused';
      readonly reason: JsonRefusal;
      /** Tags and item numbers only, as (0040,0275)[0].(0040,0007). */
      readonly path: string;
      readonly detail: string;
    };

const DETAILS: Readonly<Record<JsonRefusal, string>> = {
  'not-an-object': 'An object was expected here (PS3.18 F.2.2).',
  'bad-tag': 'A name is no tag of a data set in eight uppercase hexadecimal digits.',
  'bad-vr': 'The value representation is missing or none of PS3.5.',
  'several-values': 'More than one of Value, BulkDataURI and InlineBinary is given.',
  'bad-value': 'The value does not fit its value representation (PS3.18 F.2.3).',
  'bad-base64': 'InlineBinary is not base64, or its value representation is not binary.',
  'bulk-data-unresolved': 'The data behind a BulkDataURI is not at hand.',
  'limit-exceeded': 'More attributes or deeper nesting than the limits of reading allow.',
};

/** Written text is always UTF-8, whatever a sender left in (0008,0005). */
const UTF_8: NewElement = { tag: TAG.SpecificCharacterSet, vr: 'CS', value: { text: 'ISO_IR 192' } };
const TRIAL = { layout: { explicitVr: true, littleEndian: true }, encapsulated: false, charsets: ['ISO_IR 192'] };

class Refusal extends Error {
  readonly reason: JsonRefusal;
  readonly path: string;

  constructor(reason: JsonRefusal, path: string) {
    super(DETAILS[reason]);
    this.reason = reason;
    this.path = path;
  }
}

/**
 * A data set from the DICOM JSON model (PS3.18 Annex F), for `writeDataset`. (0008,0005) becomes ISO_IR 192. Group 0002 and
 * group lengths are left out, since the writer makes its own. Every value has been encoded once on trial, so that what is
 * parsed can be written in a syntax with explicit VR. `JSON.parse` keeps the last of repeated names: that is not seen here.
 */
export function fromDicomJson(json: unknown, options: FromJsonOptions = {}): FromJsonOutcome {
  try {
    return { kind: 'parsed', elements: new JsonReader(options).level(json, []) };
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return { kind: 'refused', reason: refusal.reason, path: refusal.path, detail: refusal.message };
  }
}

class JsonReader {
  readonly #options: FromJsonOptions;
  #count = 0;

  constructor(options: FromJsonOptions) {
    this.#options = options;
  }

  level(json: unknown, path: JsonPath): NewElement[] {
    if (!isRecord(json)) throw new Refusal('not-an-object', placeOf(path));
    if (path.length > readLimits().maxNestingDepth) throw new Refusal('limit-exceeded', placeOf(path));
    const elements: NewElement[] = [];
    for (const [key, attribute] of Object.entries(json)) {
      const tag = tagOfKey(key, path);
      if (isGroupLength(tag) || groupOf(tag) === 0x0002) continue;
      if (++this.#count > readLimits().maxElements) throw new Refusal('limit-exceeded', placeOf(path));
      elements.push(this.#element(tag, attribute, path));
    }
    return elements.sort((a, b) => a.tag - b.tag);
  }

  #element(tag: Tag, attribute: unknown, path: JsonPath): NewElement {
    const place = placeOf(path, tag);
    if (!isRecord(attribute)) throw new Refusal('not-an-object', place);
    const { vr, Value, BulkDataURI, InlineBinary } = attribute;
    if (!isVr(vr)) throw new Refusal('bad-vr', place);
    if ([Value, BulkDataURI, InlineBinary].filter((given) => given !== undefined).length > 1) {
      throw new Refusal('several-values', place);
    }
    if (tag === TAG.SpecificCharacterSet) return UTF_8;
    if (BulkDataURI !== undefined) return this.#bulk({ tag, vr }, BulkDataURI, path);
    if (InlineBinary !== undefined) return this.#inline({ tag, vr }, InlineBinary, place);
    return this.#valued({ tag, vr }, Value ?? [], path);
  }

  #valued({ tag, vr }: { tag: Tag; vr: Vr }, values: unknown, path: JsonPath): NewElement {
    const place = placeOf(path, tag);
    if (!Array.isArray(values)) throw new Refusal('bad-value', place);
    if (vr === 'SQ') {
      const items = values.map((item: unknown, index) => this.level(item, [...path, { tag, item: index }]));
      return { tag, vr, value: { items } };
    }
    const value = jsonValues(values, vr, this.#isLittleEndian);
    if (value === NOT_ENCODABLE || !canBeWritten({ tag, vr, value })) throw new Refusal('bad-value', place);
    return { tag, vr, value };
  }

  #inline({ tag, vr }: { tag: Tag; vr: Vr }, base64: unknown, place: string): NewElement {
    const { kind } = VR_TRAITS[vr];
    const fits = (kind === 'bytes' || kind === 'number') && typeof base64 === 'string' && isBase64(base64);
    if (!fits) throw new Refusal('bad-base64', place);
    return { tag, vr, value: binaryValue(Buffer.from(base64, 'base64'), vr, this.#isLittleEndian) };
  }

  #bulk({ tag, vr }: { tag: Tag; vr: Vr }, uri: unknown, path: JsonPath): NewElement {
    const place = placeOf(path, tag);
    if (typeof uri !== 'string' || vr === 'SQ') throw new Refusal('bad-value', place);
    const data = this.#options.bulkData?.(uri, tag, path);
    if (data === undefined) throw new Refusal('bulk-data-unresolved', place);
    const value: NewValue = Buffer.isBuffer(data) ? binaryValue(data, vr, this.#isLittleEndian) : { fragments: data };
    return { tag, vr, value };
  }

  get #isLittleEndian(): boolean {
    return this.#options.littleEndian ?? true;
  }
}

/** What the encoder would refuse later is refused here, with its place. */
function canBeWritten(element: NewElement): boolean {
  try {
    encodeElement(element, TRIAL);
    return true;
  } catch (error) {
    if (error instanceof CodedError) return false;
    throw error;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

/** Commands (group 0000) and item marks are in no data set. The name itself is not told: it may be anything. */
function tagOfKey(key: string, path: JsonPath): Tag {
  const tag = /^[0-9A-F]{8}$/.test(key) ? parseInt(key, 16) : 0;
  if (groupOf(tag) === 0 || groupOf(tag) === 0xfffe) throw new Refusal('bad-tag', placeOf(path));
  return tag;
}

function placeOf(path: JsonPath, tag?: Tag): string {
  const above = path.map((step) => `${formatTag(step.tag)}[${step.item}]`);
  return [...above, ...(tag === undefined ? [] : [formatTag(tag)])].join('.');
}
