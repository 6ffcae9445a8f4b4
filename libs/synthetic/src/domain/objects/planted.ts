import type { NewElement, NewValue, Vr } from '@precedent/dicom';
import { formatTag, tagOf } from '@precedent/dicom';
import { encodeIso2022Kanji } from './jis.ts';

/** A string that identifies someone and was put there on purpose: where, what it is, and its text. */
export interface Planted {
  /** Tags and item numbers from outside in: `(0040,0275)[0].(0040,1001)`. */
  readonly path: string;
  readonly kind: string;
  readonly value: string;
}

/** Elements of a data set or item under way, with the list of what was planted. Every method returns the builder. */
export class PlantedElements {
  readonly elements: NewElement[] = [];
  readonly planted: Planted[];
  readonly #prefix: string;
  readonly #kanji: boolean;

  /** @param charsets Specific Character Set of the object: kanji are encoded here, since the writer's sets end at single bytes */
  constructor(
    readonly charsets: readonly string[],
    planted: Planted[] = [],
    prefix = '',
  ) {
    this.planted = planted;
    this.#prefix = prefix;
    this.#kanji = charsets.includes('ISO 2022 IR 87');
  }

  /** A value of no consequence for privacy. */
  text(keyword: string, ...values: readonly (string | number)[]): this {
    return this.#push(tagOf(keyword), this.#encoded(values.map(String)));
  }

  numbers(keyword: string, ...numbers: readonly number[]): this {
    return this.#push(tagOf(keyword), { numbers });
  }

  empty(...keywords: readonly string[]): this {
    for (const keyword of keywords) this.#push(tagOf(keyword), { text: '' });
    return this;
  }

  bytes(tag: number, bytes: Buffer, vr?: Vr): this {
    return this.#push(tag, { bytes }, vr);
  }

  fragments(keyword: string, fragments: readonly Buffer[], vr: Vr): this {
    return this.#push(tagOf(keyword), { fragments }, vr);
  }

  /** A value that identifies someone: written, and noted with its kind. */
  plant(keyword: string, kind: string, value: string): this {
    return this.plantTag(tagOf(keyword), kind, value);
  }

  /** A value of no consequence in an element without a keyword. */
  textTag(tag: number, vr: Vr, value: string): this {
    return this.#push(tag, this.#encoded([value]), vr);
  }

  plantTag(tag: number, kind: string, value: string, vr?: Vr): this {
    this.note(tag, kind, value);
    return this.#push(tag, this.#encoded([value]), vr);
  }

  /** Notes an identifier that is a part of the value of `tag`. */
  note(tag: number, kind: string, value: string): this {
    this.planted.push({ path: this.#prefix + formatTag(tag), kind, value });
    return this;
  }

  sequence(tag: number, ...items: readonly ((item: PlantedElements) => void)[]): this {
    const built = items.map((fill, index) => {
      const item = new PlantedElements(this.charsets, this.planted, `${this.#prefix}${formatTag(tag)}[${index}].`);
      fill(item);
      return item.elements;
    });
    return this.#push(tag, { items: built }, 'SQ');
  }

  /** A coded concept as the only item of a sequence. */
  code(keyword: string, value: string, scheme: string, meaning: string, more?: (item: PlantedElements) => void): this {
    return this.sequence(tagOf(keyword), (item) => {
      item.text('CodeValue', value).text('CodingSchemeDesignator', scheme).text('CodeMeaning', meaning);
      more?.(item);
    });
  }

  #encoded(values: readonly string[]): NewValue {
    const [only] = values;
    if (this.#kanji && values.length === 1 && only !== undefined && !/^[\0-\x7f]*$/.test(only)) {
      return { bytes: encodeIso2022Kanji(only) };
    }
    return { text: values };
  }

  #push(tag: number, value: NewValue, vr?: Vr): this {
    this.elements.push(vr === undefined ? { tag, value } : { tag, vr, value });
    return this;
  }
}
