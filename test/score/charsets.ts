// Character sets of PS3.3 C.12.1.1.2 as an encoder of our own: libs/dicom only decodes most of them, and an examiner
// does not ask the examined how a text is written. Code tables are those of the runtime (WHATWG encodings), turned round.

/** How a run of text that is not ASCII is written. */
interface Coding {
  /** Label of the WHATWG encoding that has the code table. */
  readonly label: string;
  /** Escape sequence before the run, of ISO 2022 (PS3.3 Table C.12-3, C.12-4), where code extension is used. */
  readonly escape?: string;
  /** The set takes the place of ASCII, which must be called back behind the run. */
  readonly inG0?: boolean;
}

export interface Charset {
  readonly name: string;
  /** Value of (0008,0005), or none. */
  readonly term: string | undefined;
  readonly coding: Coding;
  readonly script: string;
}

const single = (term: string, label: string, script: string): Charset => ({
  name: term,
  term,
  coding: { label },
  script,
});
const extended = (term: string, coding: Coding, script: string): Charset => ({ name: term, term, coding, script });

export const CHARSETS: readonly Charset[] = [
  { name: 'none', term: undefined, coding: { label: 'ascii' }, script: 'ascii' },
  single('ISO_IR 100', 'iso-8859-1', 'latin1'),
  single('ISO_IR 101', 'iso-8859-2', 'latin2'),
  single('ISO_IR 109', 'iso-8859-3', 'latin3'),
  single('ISO_IR 110', 'iso-8859-4', 'latin4'),
  single('ISO_IR 148', 'windows-1254', 'latin5'),
  single('ISO_IR 203', 'iso-8859-15', 'latin9'),
  single('ISO_IR 144', 'iso-8859-5', 'cyrillic'),
  single('ISO_IR 126', 'iso-8859-7', 'greek'),
  single('ISO_IR 127', 'iso-8859-6', 'arabic'),
  single('ISO_IR 138', 'iso-8859-8', 'hebrew'),
  single('ISO_IR 166', 'windows-874', 'thai'),
  single('ISO_IR 13', 'shift_jis', 'katakana'),
  single('ISO_IR 192', 'utf-8', 'chinese'),
  { ...single('ISO_IR 192', 'utf-8', 'korean'), name: 'ISO_IR 192 (Korean)' },
  { ...single('ISO_IR 192', 'utf-8', 'arabic'), name: 'ISO_IR 192 (Arabic)' },
  single('GB18030', 'gb18030', 'chinese'),
  single('GBK', 'gbk', 'chinese'),
  extended('\\ISO 2022 IR 87', { label: 'jis', escape: '\x1b$B', inG0: true }, 'japanese'),
  extended('ISO 2022 IR 13\\ISO 2022 IR 87', { label: 'jis', escape: '\x1b$B', inG0: true }, 'japanese'),
  extended('\\ISO 2022 IR 159', { label: 'jis0212', escape: '\x1b$(D', inG0: true }, 'japanese-rare'),
  extended('\\ISO 2022 IR 149', { label: 'euc-kr', escape: '\x1b$)C' }, 'korean'),
  extended('\\ISO 2022 IR 58', { label: 'gbk', escape: '\x1b$)A' }, 'chinese'),
  extended('\\ISO 2022 IR 100', { label: 'iso-8859-1', escape: '\x1b-A' }, 'latin1'),
  extended('\\ISO 2022 IR 101', { label: 'iso-8859-2', escape: '\x1b-B' }, 'latin2'),
  extended('ISO 2022 IR 6\\ISO 2022 IR 144', { label: 'iso-8859-5', escape: '\x1b-L' }, 'cyrillic'),
  extended('\\ISO 2022 IR 126', { label: 'iso-8859-7', escape: '\x1b-F' }, 'greek'),
];

const tables = new Map<string, ReadonlyMap<string, Buffer>>();

function tableOf(label: string): ReadonlyMap<string, Buffer> {
  const known = tables.get(label);
  if (known !== undefined) return known;
  const table = label === 'jis' || label === 'jis0212' ? jisTable(label) : codeTable(label);
  tables.set(label, table);
  return table;
}

/** Characters of one and two bytes; longer ones (GB18030 has some) are in no text that is written here. */
function codeTable(label: string): ReadonlyMap<string, Buffer> {
  const decoder = new TextDecoder(label);
  const table = new Map<string, Buffer>();
  const add = (...bytes: number[]): void => {
    const text = decoder.decode(Uint8Array.from(bytes));
    if (Array.from(text).length === 1 && text !== '\ufffd' && !table.has(text)) table.set(text, Buffer.from(bytes));
  };
  for (let byte = 0x80; byte < 0x100; byte += 1) add(byte);
  if (/iso-8859|windows/.test(label)) return table;
  for (let lead = 0x81; lead < 0xff; lead += 1) for (let trail = 0x40; trail < 0xff; trail += 1) add(lead, trail);
  return table;
}

/** JIS X 0208 and 0212 are EUC-JP (the latter behind 8F) without the high bits. */
function jisTable(label: string): ReadonlyMap<string, Buffer> {
  const decoder = new TextDecoder('euc-jp');
  const prefix = label === 'jis0212' ? [0x8f] : [];
  const table = new Map<string, Buffer>();
  for (let lead = 0xa1; lead < 0xff; lead += 1)
    for (let trail = 0xa1; trail < 0xff; trail += 1) {
      const text = decoder.decode(Uint8Array.from([...prefix, lead, trail]));
      if (text.length === 1 && text !== '\ufffd') table.set(text, Buffer.from([lead & 0x7f, trail & 0x7f]));
    }
  return table;
}

const ASCII_BACK = '\x1b(B';

/** Bytes of `text`. @throws for a character that the set does not have: a fault of the generator */
export function encodeText(text: string, { coding }: Charset): Buffer {
  if (coding.label === 'utf-8') return Buffer.from(text, 'utf8');
  const runs = text.match(/[\x00-\x7f]+|[^\x00-\x7f]+/gu) ?? [];
  return Buffer.concat(
    runs.map((run) => (run.charCodeAt(0) < 0x80 ? Buffer.from(run, 'latin1') : encodeRun(run, coding))),
  );
}

function encodeRun(run: string, { label, escape = '', inG0 = false }: Coding): Buffer {
  const bytes = encodeWith(run, label);
  if (bytes === undefined) throw new Error(`${label} has not every character of a text that was to be written in it`);
  return Buffer.concat([Buffer.from(escape, 'latin1'), bytes, Buffer.from(inG0 ? ASCII_BACK : '', 'latin1')]);
}

/** Bytes of characters in a code table, without escape sequences; none where it lacks one of them. */
export function encodeWith(text: string, label: string): Buffer | undefined {
  if (label === 'utf-8') return Buffer.from(text, 'utf8');
  if (label === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (label === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  const table = label === 'ascii' ? new Map<string, Buffer>() : tableOf(label);
  const parts = Array.from(text, (one) => (one.charCodeAt(0) < 0x80 ? Buffer.from(one, 'latin1') : table.get(one)));
  return parts.some((part) => part === undefined) ? undefined : Buffer.concat(parts as Buffer[]);
}

/** Every code table in which a text of any script may lie in a file. */
export const SEARCHED_LABELS: readonly string[] = [
  ...new Set(CHARSETS.map(({ coding }) => coding.label).filter((label) => label !== 'ascii')),
  'shift_jis',
  'euc-jp',
  'utf-16le',
  'utf-16be',
];
