import { bytesOf, charsetsWithin, littleEndianAt, stringsOf, valueVr } from './accessors.ts';
import { dicomError } from './dicom.errors.ts';
import type { DicomJson, DicomJsonAttribute, DicomJsonValue, JsonPath, ToJsonOptions } from './domain/json-types.ts';
import { jsonDecimal, jsonKey, jsonName, jsonNumbers, swapWords } from './domain/json-values.ts';
import { groupOf, isGroupLength, TAG } from './domain/tags.ts';
import type { Dataset, Element, Item, Vr } from './domain/types.ts';
import { VR_TRAITS } from './domain/vr.ts';

const DEFAULT_INLINE_BYTES = 1024;
const UTF_8: DicomJsonAttribute = { vr: 'CS', Value: ['ISO_IR 192'] };

/** What is the same for all attributes of one data set or item. */
interface Level {
  readonly path: JsonPath;
  readonly charsets: readonly string[];
}

/**
 * A data set in the DICOM JSON model (PS3.18 Annex F), all text decoded. (0008,0005) becomes ISO_IR 192, because that is what
 * the text now is and is to be written in again; it is added where text needs it. UN is what its attribute is by the
 * dictionary, and SQ where it holds items (PS3.5 6.2.2). Group 0002, group lengths and trailing bytes are left out.
 * @throws CodedError `DICOM_JSON_NEEDS_BULK_URI` for a large value without a reference, `DICOM_JSON_DUPLICATE_TAG` for a
 *   repeated tag, of which the model could hold one only
 */
export function toDicomJson(dataset: Dataset, options: ToJsonOptions = {}): DicomJson {
  const writer = new JsonWriter(dataset, options);
  const json = writer.level(dataset, { path: [], charsets: [] });
  return writer.isAscii || jsonKey(TAG.SpecificCharacterSet) in json ? json : withUtf8(json);
}

/** Attributes ascend in the text (F.2.2), which an object cannot promise: JavaScript puts names like "20010010" first. */
export function dicomJsonText(json: DicomJson): string {
  const attributes = Object.keys(json)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${attributeText(json[key])}`);
  return `{${attributes.join(',')}}`;
}

function attributeText(attribute: DicomJsonAttribute | undefined): string {
  if (attribute?.vr !== 'SQ' || attribute.Value === undefined) return JSON.stringify(attribute);
  const items = attribute.Value.map((item) => dicomJsonText(item as DicomJson));
  return `{"vr":"SQ","Value":[${items.join(',')}]}`;
}

function withUtf8(json: DicomJson): DicomJson {
  return { [jsonKey(TAG.SpecificCharacterSet)]: UTF_8, ...json };
}

class JsonWriter {
  readonly #dataset: Dataset;
  readonly #options: ToJsonOptions;
  /** No text beyond ASCII so far. */
  isAscii = true;

  constructor(dataset: Dataset, options: ToJsonOptions) {
    this.#dataset = dataset;
    this.#options = options;
  }

  level(holder: Pick<Item, 'elements'>, above: Level): DicomJson {
    const charsets = charsetsWithin(this.#dataset, holder, above.charsets);
    const json: Record<string, DicomJsonAttribute> = {};
    for (const element of holder.elements) {
      if (isGroupLength(element.tag) || groupOf(element.tag) === 0x0002) continue;
      const key = jsonKey(element.tag);
      // The second would replace the first in silence, and with it what it says.
      if (key in json) throw dicomError('DICOM_JSON_DUPLICATE_TAG', element.tag);
      json[key] = this.#attribute(element, { path: above.path, charsets });
    }
    return json;
  }

  #attribute(element: Element, level: Level): DicomJsonAttribute {
    if (element.tag === TAG.SpecificCharacterSet) return UTF_8;
    const vr = jsonVr(element);
    if (element.items !== undefined) return this.#sequence(element, element.items, level);
    if (element.fragments !== undefined) return this.#bulk(element, vr, level);
    if (element.valueStart === element.valueEnd) return { vr };
    if (VR_TRAITS[vr].kind === 'bytes') return this.#binary(element, vr, level);
    const values = this.#values(element, vr, level);
    return values.length === 0 || (values.length === 1 && values[0] === null) ? { vr } : { vr, Value: values };
  }

  #sequence({ tag }: Element, items: readonly Item[], { path, charsets }: Level): DicomJsonAttribute {
    if (items.length === 0) return { vr: 'SQ' };
    const values = items.map((item, index) => this.level(item, { path: [...path, { tag, item: index }], charsets }));
    return { vr: 'SQ', Value: values };
  }

  #binary(element: Element, vr: Vr, level: Level): DicomJsonAttribute {
    const bytes = bytesOf(this.#dataset, element);
    if (bytes.length > (this.#options.maxInlineBytes ?? DEFAULT_INLINE_BYTES)) return this.#bulk(element, vr, level);
    const inOrder = littleEndianAt(this.#dataset, element) ? bytes : swapWords(bytes, vr);
    return { vr, InlineBinary: inOrder.toString('base64') };
  }

  #bulk(element: Element, vr: Vr, { path }: Level): DicomJsonAttribute {
    const { bulkDataUri } = this.#options;
    if (bulkDataUri === undefined) throw dicomError('DICOM_JSON_NEEDS_BULK_URI', element.tag);
    return { vr, BulkDataURI: bulkDataUri(element, path) };
  }

  #values(element: Element, vr: Vr, { charsets }: Level): DicomJsonValue[] {
    const dataset = this.#dataset;
    if (VR_TRAITS[vr].kind === 'number') {
      return jsonNumbers(bytesOf(dataset, element), vr, littleEndianAt(dataset, element));
    }
    const texts = stringsOf(dataset, element, charsets);
    if (VR_TRAITS[vr].kind === 'text') this.isAscii &&= texts.every((text) => /^[\0-\x7f]*$/.test(text));
    if (vr === 'IS' || vr === 'DS') return texts.map((text) => jsonDecimal(text, vr));
    if (vr === 'PN') return texts.map(jsonName);
    return texts.map((text) => (text === '' ? null : text));
  }
}

/** The attribute's own VR where the file has UN for it. A sequence whose items cannot be seen stays what the file says. */
function jsonVr(element: Element): Vr {
  const vr = valueVr(element);
  const isOpaque = vr === 'SQ' && element.items === undefined && element.valueStart !== element.valueEnd;
  return isOpaque ? 'UN' : vr;
}
