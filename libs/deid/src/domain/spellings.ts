/** Letters that Unicode decomposition leaves alone, as they are written where only ASCII can be typed. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ŋ: 'n',
  ħ: 'h',
};

/** German and Nordic vowels written out, the other ASCII spelling in use. */
const WRITTEN_OUT: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' };

/** Cyrillic and Greek by the usual English transliteration, one letter at a time: what registration desks type. */
const TRANSLITERATED: Readonly<Record<string, string>> = {
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  д: 'd',
  е: 'e',
  ё: 'e',
  ж: 'zh',
  з: 'z',
  и: 'i',
  й: 'y',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ъ: '',
  ы: 'y',
  ь: '',
  э: 'e',
  ю: 'yu',
  я: 'ya',
  і: 'i',
  ї: 'i',
  є: 'ye',
  ґ: 'g',
  α: 'a',
  β: 'v',
  γ: 'g',
  δ: 'd',
  ε: 'e',
  ζ: 'z',
  η: 'i',
  θ: 'th',
  ι: 'i',
  κ: 'k',
  λ: 'l',
  μ: 'm',
  ν: 'n',
  ξ: 'x',
  ο: 'o',
  π: 'p',
  ρ: 'r',
  σ: 's',
  ς: 's',
  τ: 't',
  υ: 'y',
  φ: 'f',
  χ: 'ch',
  ψ: 'ps',
  ω: 'o',
};

const ASCII = /^[\0-\x7f]*$/;
const MARKS = /\p{M}/gu;

function mapLetters(text: string, table: Readonly<Record<string, string>>): string {
  return text.replace(/[^\0-\x7f]/gu, (letter) => table[letter] ?? letter);
}

/** Lower case without accents: `Rössler` → `rossler`, `Łuczak` → `luczak`. */
export function foldAccents(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return mapLetters(text.toLowerCase().normalize('NFD').replace(MARKS, ''), LETTERS);
}

/** The text without accents, its case kept: `Schädel` → `Schadel`. */
export function withoutAccents(text: string): string {
  return ASCII.test(text) ? text : text.normalize('NFD').replace(MARKS, '').normalize('NFC');
}

/** Words of the vocabulary have no letters beyond ASCII but with accents, which not every character set can write. */
export function asciiOnly(text: string): string {
  return withoutAccents(text).replace(/[^\n\r\t\x20-\x7e]/g, '');
}

/** @returns the distinct ways a word is spelt: lower case, without accents, umlauts written out, transliterated. */
export function spellingsOf(text: string): readonly string[] {
  if (ASCII.test(text)) return [text.toLowerCase()];
  const lower = text.toLowerCase().normalize('NFC');
  const folded = foldAccents(lower);
  return [...new Set([lower, folded, foldAccents(mapLetters(lower, WRITTEN_OUT)), mapLetters(folded, TRANSLITERATED)])];
}

const TITLES = new Set([
  'dr',
  'prof',
  'med',
  'mr',
  'mrs',
  'ms',
  'miss',
  'sir',
  'jr',
  'sr',
  'md',
  'phd',
  'von',
  'van',
  'der',
  'den',
  'the',
  'and',
]);

/** A person's name taken apart: the words that name the person, and the whole in the orders people write it. */
export interface NameForms {
  readonly parts: readonly string[];
  readonly wholes: readonly string[];
}

/** Whether a word of a name can be searched alone: three letters, or two where one sign is a syllable or more. */
function canStandAlone(word: string): boolean {
  if (TITLES.has(foldAccents(word))) return false;
  // Research names hold numbers (`QIN-01-0024`): short ones are found everywhere.
  if (/^\d+$/.test(word)) return word.length >= MIN_DIGITS;
  return word.length >= (/[\u0E00-\uFFFF]/u.test(word) ? 2 : 3);
}

/** Takes apart a PN value (PS3.5 6.2: family^given^middle^prefix^suffix, up to three groups with =), or a plain name. */
export function nameForms(value: string): NameForms {
  const parts = new Set<string>();
  const wholes = new Set<string>();
  for (const group of value.split('=')) {
    const [family = '', given = '', middle = ''] = group.split('^').map((part) => part.trim());
    for (const name of [family, given, middle]) for (const word of wordsOf(name)) parts.add(word);
    if (family === '' || given === '') continue;
    for (const form of [`${family} ${given}`, `${given} ${family}`, `${family}, ${given}`, `${family},${given}`])
      wholes.add(form);
    for (const form of [`${family}^${given}`, `${family}${given}`, `${given}${family}`]) wholes.add(form);
  }
  return { parts: [...parts], wholes: [...wholes] };
}

/** The name itself, and each of its words: `Al-Masri` is searched whole and as `Masri`. */
function wordsOf(name: string): string[] {
  return [name, ...name.split(/[\s,.;'’-]+/u)].filter(
    (word, index) => (index === 0 || word !== name) && canStandAlone(word),
  );
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** @returns how a date (YYYYMMDD) is written in headers and texts, in lower case. */
export function dateForms(date: string): readonly string[] {
  const [y, m, d] = [date.slice(0, 4), date.slice(4, 6), date.slice(6, 8)];
  const month = MONTHS[Number(m) - 1] ?? m;
  const separated = ['-', '.', '/'].flatMap((mark) =>
    [
      [y, m, d],
      [d, m, y],
      [m, d, y],
    ].map((parts) => parts.join(mark)),
  );
  return [`${y}${m}${d}`, ...separated, `${d}-${month}-${y}`, `${d} ${month} ${y}`];
}

/** Shorter ids are also figures (165 is a study id and a height): they are removed at their place, but not searched. */
const MIN_DIGITS = 6;
const MIN_ID = 4;

/** @returns how a number is written: as it is, and its digits with and without leading zeros; nothing for a short one. */
export function idForms(id: string): readonly string[] {
  const digits = id.replace(/\D/g, '');
  const forms = new Set([id, digits, digits.replace(/^0+/, '')]);
  return [...forms].filter((form) => (/^\d*$/.test(form) ? form.length >= MIN_DIGITS : form.length >= MIN_ID));
}
