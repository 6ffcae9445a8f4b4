/** Start of the first part that decides samples: SOS of JPEG and JPEG-LS (T.81, T.87), SOT of JPEG 2000 (T.800). */
const BODY = new Set([0xda, 0x90]);
const isComment = (marker: number): boolean => marker === 0xfe || marker === 0x64 || (marker >= 0xe0 && marker <= 0xef);

/**
 * A code stream with zeros in the comment and application segments of its header: an engine may empty them, and no decoder of
 * grey pictures looks at them. RLE has no markers and comes back as it is.
 */
export function withoutComments(stream: Buffer): Buffer {
  const copy = Buffer.from(stream);
  if (copy[0] !== 0xff) return copy;
  for (let at = 2; at + 4 <= copy.length && copy[at] === 0xff;) {
    const marker = copy[at + 1] ?? 0;
    if (BODY.has(marker)) break;
    const length = copy.readUInt16BE(at + 2);
    if (isComment(marker)) copy.fill(0, at + 4, at + 2 + length);
    at += 2 + length;
  }
  return copy;
}
