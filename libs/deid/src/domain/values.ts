import type { Dataset, Element, Vr } from '@precedent/dicom';
import { withoutPadding } from '@precedent/dicom';

/** @returns the value as Latin-1 text without padding: for VRs of the default repertoire (UI, DA, DT, TM, CS, DS, IS, AS). */
export function asciiOf(dataset: Dataset, element: Element): string {
  return withoutPadding(dataset.bytes.toString('latin1', element.valueStart, element.valueEnd));
}

/** @returns its values, each without the spaces and zeros around it. */
export function asciiValues(dataset: Dataset, element: Element): readonly string[] {
  return asciiOf(dataset, element)
    .split('\\')
    .map((value) => withoutLead(withoutPadding(value)));
}

/** By hand, because a pattern keeps a place to go back to for every character: a run of 4 MiB overflows its stack. */
function withoutLead(text: string): string {
  let start = 0;
  while (text[start] === '\0' || text[start] === ' ') start++;
  return text.slice(start);
}

/** @returns the first element with this tag. */
export function elementOf(elements: readonly Element[], tag: number): Element | undefined {
  return elements.find((element) => element.tag === tag);
}

/** @returns the text of a top-level or item element, empty where absent. */
export function asciiAt(dataset: Dataset, elements: readonly Element[], tag: number): string {
  const element = elementOf(elements, tag);
  return element === undefined ? '' : asciiOf(dataset, element).replace(/^ +/, '');
}

const PATIENT_SEX = 0x00100040;
/** Defined terms of PS3.3 C.7.1.1, and U, which many systems write. */
const SEX = /^[MFOU]?$/;
const TERM = /^[A-Za-z0-9 _./+-]{0,16}$/;
const DECIMAL = /^[0-9 +\-.Ee]{0,16}$/;
const INTEGER = /^[0-9 +-]{0,12}$/;
const TIME = /^[0-9.: -]{0,16}$/;

/**
 * Whether a value has the form of its VR (PS3.5 6.2). Lower case and a few marks are let through in CS, since scanners
 * write them and a body part lost is a case lost; 16 characters are the standard's limit.
 */
export function hasFormOf(tag: number, vr: Vr, value: string): boolean {
  if (tag === PATIENT_SEX) return SEX.test(value);
  if (vr === 'CS') return TERM.test(value);
  if (vr === 'DS') return DECIMAL.test(value);
  if (vr === 'IS') return INTEGER.test(value);
  return TIME.test(value);
}

/** Nine components below the root: ophthalmic and slide images, 1.2.840.10008.5.1.4.1.1.77.1.5.1, are the longest. */
const REGISTRY = /^1\.2\.840\.10008(\.(0|[1-9]\d{0,3})){1,9}$/;
const PICTURE_IDENTITY = new Set([0x00080018, 0x0020000d, 0x0020000e, 0x00081155]);

/**
 * Whether a UID is one of the standard's own (SOP classes, syntaxes, well-known frames of reference) and so stays. The
 * form is bounded: software that makes instance UIDs below the standard's root exists.
 */
export function isRegistered(tag: number, uid: string): boolean {
  return !PICTURE_IDENTITY.has(tag) && REGISTRY.test(uid);
}
