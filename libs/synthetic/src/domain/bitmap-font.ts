/**
 * A 5 × 7 bitmap font of our own: capitals, digits and the marks of dates and numbers. One string of 7 rows a letter, five bits a row as
 * a base-32 digit, so that the text in a picture needs no font of the machine and is the same bytes everywhere.
 */
const GLYPHS: Readonly<Record<string, string>> = {
  A: 'ehhvhhh',
  B: 'uhhuhhu',
  C: 'ehggghe',
  D: 'uhhhhhu',
  E: 'vgguggv',
  F: 'vgguggg',
  G: 'ehgnhhf',
  H: 'hhhvhhh',
  I: 'e44444e',
  J: '72222ic',
  K: 'hikokih',
  L: 'ggggggv',
  M: 'hrllhhh',
  N: 'hhpljhh',
  O: 'ehhhhhe',
  P: 'uhhuggg',
  Q: 'ehhhlid',
  R: 'uhhukih',
  S: 'fgge11u',
  T: 'v444444',
  U: 'hhhhhhe',
  V: 'hhhhha4',
  W: 'hhhllla',
  X: 'hha4ahh',
  Y: 'hhha444',
  Z: 'v1248gv',
  '0': 'ehjlphe',
  '1': '4c4444e',
  '2': 'eh1248v',
  '3': 'v2421he',
  '4': '26aiv22',
  '5': 'vgu11he',
  '6': '68guhhe',
  '7': 'v124888',
  '8': 'ehhehhe',
  '9': 'ehhf12c',
  ' ': '0000000',
  '.': '00000cc',
  ',': '00000c8',
  ':': '0cc0cc0',
  '-': '000e000',
  '/': '0012480',
  '+': '044v440',
};

export const GLYPH_WIDTH = 5;
export const GLYPH_HEIGHT = 7;

/** @returns whether a pixel of a letter's 5 × 7 box is ink; letters without a glyph are blank. */
export function inked(letter: string, column: number, row: number): boolean {
  const bits = parseInt(GLYPHS[letter]?.[row] ?? '0', 32);
  return ((bits >> (GLYPH_WIDTH - 1 - column)) & 1) === 1;
}

/** @returns text in capitals with its accents taken off, since devices burn plain letters. */
export function burnable(text: string): string {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();
  return plain.replace(/ß/g, 'SS').replace(/Ł/g, 'L').replace(/Ø/g, 'O');
}

/** @returns whether every letter of a text has a glyph. */
export function hasGlyphs(text: string): boolean {
  return Array.from(text).every((letter) => letter in GLYPHS);
}
