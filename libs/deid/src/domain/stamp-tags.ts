const STAMP_TAGS = new Set([0x00120062, 0x00120063, 0x00120064, 0x00280301, 0x00280303]);

/** Whether a top-level element is stated by this engine; what the source claims there is not passed on. */
export function isStamp(tag: number): boolean {
  return STAMP_TAGS.has(tag);
}
