/** What must have been done to an object: the answer key, written beside the corpus one JSON line an object. */
export const CLASSES = [
  'text_removed',
  'private_removed',
  'hidden_removed',
  'uid_changed',
  'uid_consistent',
  'reference_resolves',
  'date_shifted',
  'interval_kept',
  'tag_retained',
  'text_retained',
  'patid_consistent',
  'pixels_retained',
  'stamp_honest',
  'output_present',
  'header_valid',
  'report_clean',
] as const;
export type ScoreClass = (typeof CLASSES)[number];

/** Classes whose failure shows a patient's data to a reader of the output. */
export const LEAK_CLASSES: ReadonlySet<ScoreClass> = new Set<ScoreClass>([
  'text_removed',
  'private_removed',
  'hidden_removed',
  'uid_changed',
  'date_shifted',
  'report_clean',
]);

/**
 * How a token is sought in the output:
 * `word` a canary of Latin letters, folded, in all encodings, as part of longer words too;
 * `script` in the code tables of every character set; `digits` a whole run of digits, separators and leading zeros left out;
 * `name` a word as people have it, whole and in text only; `raw` these bytes; `bits` eight bits a byte in the unused high bits of pixels.
 */
export type Look = 'word' | 'script' | 'digits' | 'name' | 'raw' | 'bits';

export type Action =
  | {
      readonly c: 'text_removed' | 'private_removed' | 'hidden_removed';
      readonly place: string;
      readonly token: string;
      readonly look: Look;
    }
  | { readonly c: 'uid_changed'; readonly place: string; readonly uid: string }
  | {
      readonly c: 'uid_consistent';
      readonly place: string;
      readonly path: string;
      readonly uid: string;
      readonly required: boolean;
    }
  | { readonly c: 'reference_resolves'; readonly place: string; readonly path: string; readonly uid: string }
  | { readonly c: 'date_shifted'; readonly place: string; readonly path: string; readonly date: string }
  | { readonly c: 'interval_kept'; readonly place: string; readonly path: string; readonly date: string }
  | { readonly c: 'tag_retained'; readonly place: string; readonly path: string; readonly filled: boolean }
  | { readonly c: 'text_retained'; readonly place: string; readonly path: string; readonly text: string };

export interface ObjectKey {
  readonly file: string;
  readonly patient: number;
  readonly kind: string;
  readonly charset: string;
  readonly syntax: string;
  readonly sopInstance: string;
  /** Where present: why a careful engine may hold this object back, so that absence with a reason is no failure. */
  readonly mayBeHeld?: string;
  /** Pixels hold planted bits, so only what is stored of them must stay. */
  readonly plantedBits?: boolean;
  readonly actions: readonly Action[];
}
