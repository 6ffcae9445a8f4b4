import type { Element, Tag, Vr } from './types.ts';

/** Where an element lies: the tags and item numbers above it, outermost first. */
export interface RewriteContext {
  readonly parents: readonly { readonly tag: Tag; readonly item: number }[];
  /** Private creator in force for an element of an odd group, decoded; undefined for standard groups. */
  readonly privateCreator?: string;
  /** Specific Character Set in force at this place. */
  readonly charsets: readonly string[];
}

/**
 * What to do with one element.
 * - `keep`: its bytes, unchanged (a sequence as a whole).
 * - `drop`: nothing of it.
 * - `empty`: the element with a zero-length value.
 * - `replace`: this value instead, re-encoded in the same syntax; `text` is encoded in the character set in force.
 * - `recurse`: a sequence whose elements are decided one by one; a touched sequence is re-emitted.
 */
export type RewriteAction =
  | { readonly kind: 'keep' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'replace'; readonly value: NewValue; readonly vr?: Vr }
  | { readonly kind: 'recurse' };

/** A value to be written: raw bytes in the target byte order, text, numbers, or nested items. */
export type NewValue =
  | { readonly bytes: Buffer }
  | { readonly text: string | readonly string[] }
  | { readonly numbers: readonly number[] }
  | { readonly items: readonly (readonly NewElement[])[] }
  | { readonly fragments: readonly Buffer[] };

/** An element made from scratch. VR defaults to the dictionary's. */
export interface NewElement {
  readonly tag: Tag;
  readonly vr?: Vr;
  readonly value: NewValue;
}

export interface RewriteOptions {
  /** Elements to add at the top level (kept in tag order); one already there is replaced. */
  readonly add?: readonly NewElement[];
  /** Media Storage SOP Instance UID for the rebuilt group 0002; taken from the rewritten (0008,0018) when absent. */
  readonly sopInstanceUid?: string;
  /** New Pixel Data and its transfer syntax, when frames were re-encoded. */
  readonly transferSyntax?: string;
}

export type RewriteDecision = (element: Element, context: RewriteContext) => RewriteAction;

export interface WriteOptions {
  readonly transferSyntax: string;
  /** Specific Character Set values used to encode text; default ISO_IR 192 (UTF-8). */
  readonly charsets?: readonly string[];
}
