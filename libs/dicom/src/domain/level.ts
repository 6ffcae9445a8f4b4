import { dictionaryEntry, isSignDependent } from './dictionary.ts';
import type { Element, Tag, Vr } from './types.ts';

/** How elements of one place are encoded, and how far they may reach. */
export interface Level {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  /** Nothing here may reach beyond this offset. */
  readonly end: number;
  readonly depth: number;
  /** Ends with an item delimitation item instead of at `end`. */
  readonly delimited: boolean;
  /** Pixel Representation in force is 1 (decides "US or SS" with implicit VR). */
  signed: boolean;
}

export interface Header {
  readonly tag: Tag;
  readonly vr: Vr;
  readonly length: number;
  readonly valueStart: number;
}

export interface ElementRun {
  readonly elements: Element[];
  /** One past the last byte of the run, a delimiter included. */
  readonly end: number;
}

/** With implicit VR, "US or SS" elements before Pixel Representation were typed without knowing it: type them again. */
export function settleSigns(elements: Element[], level: Level): Element[] {
  if (level.explicitVr || !level.signed) return elements;
  return elements.map((element) => {
    if (element.vr !== 'US') return element;
    const entry = dictionaryEntry(element.tag);
    return entry !== undefined && isSignDependent(entry) ? { ...element, vr: 'SS' } : element;
  });
}
