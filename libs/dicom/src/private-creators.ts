import { textOf } from './accessors.ts';
import { creatorTagOf, isPrivateCreator, isPrivateTag } from './domain/tags.ts';
import type { Dataset, Element, Tag } from './domain/types.ts';

/** Who owns the private blocks of one level (PS3.5 7.8.1). */
export class PrivateCreators {
  readonly #dataset: Dataset;
  readonly #elements: readonly Element[];
  readonly #charsets: readonly string[];
  #owners: ReadonlyMap<Tag, string> | undefined;

  constructor(dataset: Dataset, elements: readonly Element[], charsets: readonly string[]) {
    this.#dataset = dataset;
    this.#elements = elements;
    this.#charsets = charsets;
  }

  of(tag: Tag): string | undefined {
    if (!isPrivateTag(tag) || isPrivateCreator(tag)) return undefined;
    this.#owners ??= this.#readOwners();
    return this.#owners.get(creatorTagOf(tag));
  }

  /** All at once: to search the level for each private element took 40,000 of them 13 s. */
  #readOwners(): ReadonlyMap<Tag, string> {
    const owners = new Map<Tag, string>();
    for (const element of this.#elements) {
      if (!isPrivateCreator(element.tag) || owners.has(element.tag)) continue;
      owners.set(element.tag, textOf(this.#dataset, element, this.#charsets).trim());
    }
    return owners;
  }
}
