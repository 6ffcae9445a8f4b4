import type { Element, Finding, Tag } from './types.ts';

/** Watches that tags of one level ascend (PS3.5 7.1); a repeated tag could hide a value from readers that keep one per tag. */
export class TagOrder {
  readonly #findings: Finding[];
  readonly #passed: Tag[] = [];
  #last = -1;
  /** Made at the first descent only: a data set in order never pays for it. */
  #seen: Set<Tag> | undefined;

  constructor(findings: Finding[]) {
    this.#findings = findings;
  }

  note(element: Element): void {
    const { tag, start } = element;
    if (tag <= this.#last) this.#seen ??= new Set(this.#passed);
    if (tag === this.#last || this.#seen?.has(tag) === true) {
      this.#findings.push({ code: 'duplicate-tag', offset: start, tag });
    } else if (tag < this.#last) {
      this.#findings.push({ code: 'descending-tag', offset: start, tag });
    }
    this.#passed.push(tag);
    this.#seen?.add(tag);
    this.#last = tag;
  }
}
