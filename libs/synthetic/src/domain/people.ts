import type { Sex } from './anatomy/scene.ts';
import { Random } from './random.ts';

/** Invented people in the languages and character sets that a European hospital sees. No name was taken from a register. */
interface NamePool {
  /** Specific Character Set values of this pool's objects; empty for plain ASCII. */
  readonly charsets: readonly string[];
  readonly family: readonly string[];
  readonly given: Readonly<Record<Sex, readonly string[]>>;
  readonly physicians: readonly string[];
  /** Ideographic writing of each family and given name, where the language has one, in the order above. */
  readonly ideographs?: {
    readonly family: readonly string[];
    readonly given: Readonly<Record<Sex, readonly string[]>>;
  };
}

const LATIN_1 = ['ISO_IR 100'];
const UTF_8 = ['ISO_IR 192'];

const POOLS: readonly NamePool[] = [
  {
    charsets: LATIN_1,
    family: ['Mühlhäuser', 'Größlinger', 'Königsdörfer', 'Bräutigamm', 'Tröndlein', 'Vößkamp'],
    given: { F: ['Jördis', 'Käthe', 'Annegrät', 'Friederün'], M: ['Jörgen', 'Götz', 'Günther', 'Sönke'] },
    physicians: ['Ötzmann^Bärbel^^Dr.', 'Süßkind^Jürgen^^Dr.'],
  },
  {
    charsets: LATIN_1,
    family: ['Lefèvrier', 'Péronnaud', 'Garçonnet', 'Crépinot', 'Núñezal', 'Ibarrón'],
    given: { F: ['Hélène', 'Zoé', 'Begoña', 'Françoise'], M: ['Rémi', 'Jérôme', 'Íñigo', 'Loïc'] },
    physicians: ['Théveneau^Agnès^^Dr', 'Muñarriz^José^^Dr'],
  },
  {
    charsets: [],
    family: ['Harkwell', 'Penderby', 'Oakhurst', 'Tillstone', 'Marchbank', 'Wexcombe'],
    given: { F: ['Imogen', 'Harriet', 'Beatrix', 'Rowena'], M: ['Alistair', 'Duncan', 'Rupert', 'Gareth'] },
    physicians: ['Fairbrook^Edmund^^Dr', 'Stanwick^Philippa^^Dr'],
  },
  {
    charsets: UTF_8,
    family: ['Wróblewczyk', 'Łukaszyński', 'Żółkowicz', 'Şahinoğlu', 'Őrsváry', 'Třebíčan'],
    given: { F: ['Małgorzata', 'Çiğdem', 'Zsófia', 'Bożena'], M: ['Władysław', 'Ümit', 'Győző', 'Přemysl'] },
    physicians: ['Kościałkowicz^Grażyna^^Dr', 'Öztürkmen^İlkay^^Dr'],
  },
  {
    charsets: UTF_8,
    family: ['Qinghua', 'Ouyangwen', 'Zhugelin'],
    given: { F: ['MeiZhen', 'XiuLan'], M: ['JianPing', 'DeShun'] },
    physicians: ['Huangpu^ShuFen=皇甫^淑芬', 'Shangguan^ZhiYuan=上官^志远'],
    ideographs: { family: ['清华', '欧阳文', '诸葛林'], given: { F: ['美珍', '秀兰'], M: ['建平', '德顺'] } },
  },
  {
    charsets: ['', 'ISO 2022 IR 87'],
    family: ['Kurosaka', 'Minamizato', 'Shirogane'],
    given: { F: ['Haruna', 'Kiyoko'], M: ['Takenori', 'Shigeki'] },
    physicians: ['Aramaki^Jiro=荒牧^次郎', 'Toyohara^Masako=豊原^正子'],
    ideographs: { family: ['黒坂', '南里', '白銀'], given: { F: ['春菜', '清子'], M: ['武則', '茂樹'] } },
  },
  {
    charsets: ['ISO_IR 144'],
    family: ['Березняков', 'Громовцев', 'Златоустов', 'Калиновый'],
    given: { F: ['Евдокия', 'Таисия', 'Лариса'], M: ['Всеволод', 'Геннадий', 'Тимофей'] },
    physicians: ['Пшеницын^Аркадий', 'Луговая^Зинаида'],
  },
  {
    charsets: ['ISO_IR 126'],
    family: ['Παπαγεωργάκος', 'Χατζηνικόλου', 'Ξενοφώντας'],
    given: { F: ['Ευτυχία', 'Καλλιόπη'], M: ['Θεόφιλος', 'Σταμάτης'] },
    physicians: ['Ζαφειράκης^Μιλτιάδης', 'Δημητρέλλη^Όλγα'],
  },
];

/** Shares of the pools: mostly Latin letters, each character set at least now and then. */
const SHARES = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 5, 6, 7] as const;

export interface Person {
  /** PN value, with an ideographic group where the language has one. */
  readonly name: string;
  /** The name as one says it: given, then family. */
  readonly spoken: string;
  readonly charsets: readonly string[];
  readonly mrn: string;
  readonly otherId: string;
  readonly birthDate: string;
  readonly phone: string;
  readonly address: string;
  readonly insurance: string;
  readonly occupation: string;
  readonly physicians: readonly string[];
  readonly sex: Sex;
}

/** @returns the person behind one number of a cohort; `year` is that of the first study, from which the birth date follows. */
export function personOf(seed: number, patient: number, sex: Sex, age: number, year: number): Person {
  const random = Random.named(seed, patient, 'person');
  const pool = POOLS[SHARES[patient % SHARES.length] ?? 0] ?? POOLS[0];
  if (!pool) throw new RangeError('no names');
  const named = nameOf(pool, sex, random);
  const month = String(random.whole(1, 12)).padStart(2, '0');
  const day = String(random.whole(1, 28)).padStart(2, '0');
  return {
    ...named,
    charsets: pool.charsets,
    physicians: pool.physicians,
    sex,
    mrn: mrnOf(patient, random),
    otherId: `OLD${random.digits(7)}`,
    birthDate: `${year - age - 1}${month}${day}`,
    phone: `+00 ${random.digits(3)} ${random.digits(7)}`,
    address: `${random.pick(STREETS)} ${random.whole(1, 190)}, ${random.digits(5)} ${random.pick(TOWNS)}`,
    insurance: `INS${random.digits(9)}`,
    occupation: random.pick(OCCUPATIONS),
  };
}

const STREETS = ['Lindenquellweg', 'Harbour Gate Row', 'Rue Vieuxmoulin', 'Fictional Road', 'Amselbruchstr.'];
const TOWNS = ['Neuwaldingen', 'Port Ellerby', 'Saint-Arvel', 'Oberfelsheim'];
const OCCUPATIONS = ['Lamp keeper', 'Glass blower', 'Harp maker', 'Bell founder', 'Beekeeper'];

/** Numbers of three hospitals' styles; the patient's own number in each makes two alike impossible. */
function mrnOf(patient: number, random: Random): string {
  const unique = String(patient).padStart(4, '0');
  return random.pick([
    `MRN${random.digits(3)}${unique}`,
    `${random.digits(3)}-${unique}-${random.digits(2)}`,
    `${random.digits(4)}${unique}`,
  ]);
}

function nameOf(pool: NamePool, sex: Sex, random: Random): Pick<Person, 'name' | 'spoken'> {
  const family = random.whole(0, pool.family.length - 1);
  const given = random.whole(0, pool.given[sex].length - 1);
  const latin = [pool.family[family] ?? '', pool.given[sex][given] ?? ''] as const;
  const name = `${latin[0]}^${latin[1]}`;
  const ideographs = pool.ideographs;
  const other = ideographs ? `=${ideographs.family[family] ?? ''}^${ideographs.given[sex][given] ?? ''}` : '';
  return { name: name + other, spoken: `${latin[1]} ${latin[0]}` };
}
