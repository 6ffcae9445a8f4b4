/** Single-byte sets of PS3.3 C.12.1.1.2 and what Windows and Unix write in their place, by the script they are for. */
const SINGLE_BYTE: readonly (readonly [script: RegExp, names: readonly string[]])[] = [
  [/\p{Script=Cyrillic}/u, ['iso-8859-5', 'windows-1251', 'koi8-r']],
  [/\p{Script=Greek}/u, ['iso-8859-7', 'windows-1253']],
  [/\p{Script=Arabic}/u, ['iso-8859-6', 'windows-1256']],
  [/\p{Script=Hebrew}/u, ['iso-8859-8', 'windows-1255']],
  [/\p{Script=Thai}/u, ['windows-874']],
  [/\p{Script=Latin}/u, ['iso-8859-2', 'iso-8859-3', 'iso-8859-4', 'windows-1250', 'windows-1254']],
];

/** GB18030 holds GB 2312 and GBK, EUC-JP and EUC-KR the sets of ISO 2022 IR 87 and 149 with the high bit on. */
const TWO_BYTES = ['shift_jis', 'euc-jp', 'euc-kr', 'gb18030', 'big5'] as const;

/** Thai, kana, hangul, han: only they need the tables of two bytes, which take some milliseconds to make. */
const EAST_ASIAN = /[\u2E80-\uD7FF\uF900-\uFAFF\uFF00-\uFFEF]/u;

type Table = ReadonlyMap<string, readonly number[]>;
const tables = new Map<string, Table>();

/**
 * A text in every encoding in which software leaves it in a file: UTF-8, UTF-16 of both orders, Latin-x, Windows, KOI8, Shift JIS,
 * EUC and ISO 2022 for Japanese and Korean, GB18030, Big5. ASCII is the same in all but UTF-16, which is searched for apart.
 * @returns the bytes, a character each (Latin-1)
 */
export function encodingsOf(text: string): ReadonlySet<string> {
  if (/^[\0-\x7f]*$/.test(text)) return new Set([text]);
  const wide = Buffer.from(text, 'utf16le');
  const found = new Set([latin1(Buffer.from(text)), latin1(Buffer.from(text.normalize('NFD'))), latin1(wide)]);
  found.add(latin1(Buffer.from(wide).swap16()));
  if (/^[\0-\xff]*$/.test(text)) found.add(text);
  for (const name of EAST_ASIAN.test(text) ? TWO_BYTES : singleByteSets(text)) {
    const bytes = encode(text, name);
    if (bytes === undefined) continue;
    found.add(latin1(bytes));
    // ISO 2022 IR 87, 149: the same code points without the high bit, between escapes.
    if (name === 'euc-jp' || name === 'euc-kr') found.add(latin1(Buffer.from(bytes.map((byte) => byte & 0x7f))));
  }
  return found;
}

function latin1(bytes: Buffer): string {
  return bytes.toString('latin1');
}

function singleByteSets(text: string): readonly string[] {
  return SINGLE_BYTE.find(([script]) => script.test(text.replace(/[\0-\x7f]/g, '')))?.[1] ?? [];
}

function encode(text: string, name: string): Buffer | undefined {
  const table = tableOf(name);
  const bytes: number[] = [];
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    const encoded = code < 0x80 ? [code] : table.get(letter);
    if (encoded === undefined) return undefined;
    bytes.push(...encoded);
  }
  return Buffer.from(bytes);
}

function tableOf(name: string): Table {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const made = TWO_BYTES.some((two) => two === name) ? twoByteTable(name) : singleByteTable(name);
  tables.set(name, made);
  return made;
}

function singleByteTable(name: string): Table {
  const decoder = new TextDecoder(name);
  const table = new Map<string, number[]>();
  for (let byte = 0x80; byte <= 0xff; byte++) table.set(decoder.decode(Uint8Array.of(byte)), [byte]);
  table.delete('\ufffd');
  return table;
}

const LINE_FEED = 0x0a;

/** All pairs in one go, a line each: one call for each of 24,000 takes ten times as long. */
function twoByteTable(name: string): Table {
  const pairs: number[][] = [];
  for (let lead = 0x81; lead <= 0xfe; lead++) for (let trail = 0x40; trail <= 0xfe; trail++) pairs.push([lead, trail]);
  const lines = new TextDecoder(name).decode(Buffer.from(pairs.flatMap((pair) => [...pair, LINE_FEED]))).split('\n');
  const table = new Map<string, readonly number[]>();
  // A pair that is none can swallow the line's end: then the lines no longer match the pairs, and each is read alone.
  if (lines.length !== pairs.length + 1) return twoByteTableSlowly(name, pairs);
  lines.forEach((letter, index) => addLetter(table, letter, pairs[index] ?? []));
  return table;
}

function twoByteTableSlowly(name: string, pairs: readonly (readonly number[])[]): Table {
  const decoder = new TextDecoder(name);
  const table = new Map<string, readonly number[]>();
  for (const pair of pairs) addLetter(table, decoder.decode(Uint8Array.from(pair)), pair);
  return table;
}

function addLetter(table: Map<string, readonly number[]>, letter: string, bytes: readonly number[]): void {
  if (Array.from(letter).length === 1 && letter !== '\ufffd' && !table.has(letter)) table.set(letter, bytes);
}
