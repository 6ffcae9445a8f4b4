/**
 * ISO 2022 IR 87 (JIS X 0208): kanji between `ESC $ B` and `ESC ( B`. EUC-JP is the same rows and cells with the high bits set,
 * so the platform's EUC-JP decoder, turned round once, gives the table.
 */
let table: ReadonlyMap<string, readonly [number, number]> | undefined;

function cells(): ReadonlyMap<string, readonly [number, number]> {
  if (table) return table;
  const decoder = new TextDecoder('euc-jp');
  const made = new Map<string, readonly [number, number]>();
  for (let row = 0xa1; row <= 0xf4; row += 1)
    for (let cell = 0xa1; cell <= 0xfe; cell += 1) {
      made.set(decoder.decode(Uint8Array.of(row, cell)), [row & 0x7f, cell & 0x7f]);
    }
  table = made;
  return made;
}

const KANJI_IN = [0x1b, 0x24, 0x42];
const ASCII_IN = [0x1b, 0x28, 0x42];

/** @returns text in the code extension of PS3.5 6.1.2.5, back in ASCII before each delimiter, of even length. */
export function encodeIso2022Kanji(text: string): Buffer {
  const bytes: number[] = [];
  let kanji = false;
  for (const character of text) {
    const cell = cells().get(character);
    if ((cell !== undefined) !== kanji) bytes.push(...(cell ? KANJI_IN : ASCII_IN));
    kanji = cell !== undefined;
    bytes.push(...(cell ?? [character.charCodeAt(0)]));
  }
  if (kanji) bytes.push(...ASCII_IN);
  if (bytes.length % 2 === 1) bytes.push(0x20);
  return Buffer.from(bytes);
}
