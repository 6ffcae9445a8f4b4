import type { Random } from '../fuzz/random.ts';
import type { Canaries } from './canary.ts';
import type { Charset } from './charsets.ts';
import { encodeWith } from './charsets.ts';

/** What is known of an invented patient. Every word of it is an identifier. */
export interface Person {
  readonly index: number;
  readonly charset: Charset;
  readonly familyName: string;
  readonly givenName: string;
  /** The same person in the script of the character set; empty in plain ASCII. */
  readonly nativeFamily: string;
  readonly nativeGiven: string;
  readonly patientId: string;
  readonly issuer: string;
  readonly birthDate: string;
  readonly sex: 'F' | 'M' | 'O';
  readonly age: number;
  readonly phone: string;
  readonly street: string;
  readonly city: string;
  readonly email: string;
  /** `1.2.826.0.1.3680043.10.1427.<run>.<patient>`: every UID of the patient begins so. */
  readonly uidRoot: string;
}

const split = (text: string): readonly string[] => Array.from(text);
/** Letters from which words of a script are invented: those of common names, all within each set's oldest table. */
export const ALPHABETS: Readonly<Record<string, readonly string[]>> = {
  latin1: split('éèêüöäñçøåßáíóú'),
  latin2: split('řčšžěłąęśźćńőűđ'),
  latin3: split('ĉĝĥĵŝŭċġħż'),
  latin4: split('āēīūčšžķļņģ'),
  latin5: split('ğışçöü'),
  latin9: split('œšžÿéèàç'),
  cyrillic: split('абвгдежзиклмнопрстуфхцчшщэюя'),
  greek: split('αβγδεζηθικλμνξοπρστυφχω'),
  arabic: split('ابتجحدرسشصضطعغفقكلمنهوي'),
  hebrew: split('אבגדהזחטיכלמנסעפצקרשת'),
  thai: split('กขคงจชซดตทธนบปผพภมยรลวศสหอ'),
  katakana: split(
    'アイウエオカキクケコサシスセソタチツテトナニヌネノハマミムメモヤユヨラリルレロワ'.normalize('NFKC'),
  ).map(halfWidth),
  chinese: split('王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕'),
  japanese: split('山田佐藤鈴木高橋渡辺伊東中村小林加吉川本井上松清水野口太郎花子美和夫一二三'),
  'japanese-rare': split('丂丄丅丌丒丟丣两丨丫丮丯丰丵乀乁乄乇乑乚'),
  korean: split('김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민'),
};

/** Katakana of JIS X 0201, the set of ISO_IR 13. */
function halfWidth(letter: string): string {
  for (let code = 0xff71; code <= 0xff9d; code += 1) {
    const half = String.fromCharCode(code);
    if (half.normalize('NFKC') === letter) return half;
  }
  return letter;
}

/** Words in a Latin set are canaries with one letter of the set at the front: found again without it, too. */
export const isLatin = (script: string): boolean => script === 'ascii' || script.startsWith('latin');

/** A word in the script of the set; a Latin one has a letter of the set in front. */
export function nativeWord({ script, coding }: Charset, canaries: Canaries, random: Random): string {
  if (script === 'ascii') return canaries.word();
  const alphabet = (ALPHABETS[script] ?? []).filter((letter) => encodeWith(letter, coding.label) !== undefined);
  if (isLatin(script)) return `${random.pick(alphabet)}${canaries.word().toLowerCase()}`;
  return canaries.inScript(alphabet, /chinese|japanese|korean/.test(script) ? 4 : 7);
}

const HONEST_FAMILY = [
  'Meier',
  'Okafor',
  'Petrov',
  'Nakamura',
  'Silva',
  'Kowalski',
  'Andersson',
  'Rossi',
  'Haddad',
  'Novak',
  'Li',
  'Ng',
  "O'Neill",
  'van den Berg',
  'Dubois',
  'Schmidt-Rottluff',
];
const HONEST_GIVEN = [
  'Anna',
  'Yuki',
  'Omar',
  'Elena',
  'Johann',
  'Maria',
  'Wei',
  'Fatima',
  'Jo',
  'Sven',
  'Chidi',
  'Noor',
  'Ana-Sofia',
];

const two = (number: number): string => String(number).padStart(2, '0');
export function someDate(random: Random, from: number, to: number): string {
  return `${random.between(from, to)}${two(random.between(1, 12))}${two(random.between(1, 28))}`;
}

/** One patient of the run. One of five has a name as people have; the others have canaries for names. */
export function makePerson(
  index: number,
  charset: Charset,
  random: Random,
  canaries: Canaries,
  runRoot: string,
): Person {
  const honest = random.chance(0.2);
  const familyName = honest ? random.pick(HONEST_FAMILY) : canaries.word();
  const native = charset.script === 'ascii' ? '' : nativeWord(charset, canaries, random);
  return {
    index,
    charset,
    familyName,
    givenName: honest ? random.pick(HONEST_GIVEN) : canaries.word(),
    nativeFamily: native,
    nativeGiven: native === '' ? '' : nativeWord(charset, canaries, random),
    patientId: random.chance(0.5) ? canaries.digits() : `${random.pick(['KH', 'MRN', 'P-'])}${canaries.digits()}`,
    issuer: canaries.word().toUpperCase(),
    birthDate: someDate(random, 1930, 2005),
    sex: random.pick(['F', 'M', 'O'] as const),
    age: random.between(1, 99),
    phone: canaries.digits(),
    street: `${canaries.word()}strasse ${random.between(1, 99)}`,
    city: canaries.word(),
    email: `${canaries.word().toLowerCase()}@example.org`,
    uidRoot: `${runRoot}.${index + 1}`,
  };
}

/** PN of a patient: the alphabetic group, and the ideographic one where the script is no Latin one (PS3.5 6.2.1). */
export function personName({ familyName, givenName, nativeFamily, nativeGiven, charset }: Person): string {
  if (nativeFamily === '') return `${familyName}^${givenName}`;
  if (/chinese|japanese|korean/.test(charset.script))
    return `${familyName}^${givenName}=${nativeFamily}^${nativeGiven}`;
  return `${nativeFamily}^${nativeGiven}`;
}
