import type { Vr } from '@precedent/dicom';
import { SAFE_PRIVATE } from './data/safe-private.ts';

/** Private elements that may stay, by creator, group, last byte of the element: the block number is free (PS3.5 7.8.1). */
export class SafePrivate {
  readonly #vrs = new Map<string, Vr>();

  /**
   * @param table whether the elements of PS3.15 Table E.3.10-1 are among them
   * @param named further ones of the profile, `CREATOR,gggg,ee,VR`
   */
  constructor(table: boolean, named: readonly string[]) {
    for (const line of table ? SAFE_PRIVATE : []) this.#addBlock(line);
    for (const line of named) this.#addNamed(line);
  }

  get isEmpty(): boolean {
    return this.#vrs.size === 0;
  }

  /** @returns the VR that the element has to have, or undefined where it must go. */
  vrOf(creator: string, tag: number): Vr | undefined {
    return this.#vrs.get(keyOf(creator, tag >>> 16, tag & 0xff));
  }

  #addBlock(line: string): void {
    const [creator = '', group = '', elements = ''] = line.split('|');
    for (const element of elements.split(' ')) this.#add(creator, group, element.slice(0, 2), element.slice(2) as Vr);
  }

  #addNamed(line: string): void {
    const [creator = '', group = '', element = '', vr = ''] = line.split(',');
    this.#add(creator, group, element, vr as Vr);
  }

  #add(creator: string, group: string, element: string, vr: Vr): void {
    this.#vrs.set(keyOf(creator, Number.parseInt(group, 16), Number.parseInt(element, 16)), vr);
  }
}

function keyOf(creator: string, group: number, element: number): string {
  return `${group} ${element} ${creator}`;
}
