/** One kind of text that identifies by its form alone. */
export interface TextPattern {
  readonly name: string;
  readonly pattern: RegExp;
  readonly replacement: string;
}

const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const MONTH_NAME =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\\.?';
const YEAR = '(?:(?:19|20)\\d\\d)';
const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const MONTH_NUMBER = '(?:0?[1-9]|1[0-2])';
/** A time of day that follows a date belongs to it. */
const TIME = '(?:[,T]?\\s*(?:at\\s+)?(?:[01]?\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d+)?)?(?:\\s*[ap]\\.?m\\.?)?)?';
/** A word of a name: capital first, marks inside allowed. */
const NAME = "(?:\\p{Lu}[\\p{L}\\p{M}'’-]+)";
const INITIAL = '(?:\\p{Lu}\\.?)';
const NAMES = `${NAME}(?:\\s+(?:${INITIAL}\\s+)?(?:(?:van|von|de|der|den|la|le|el|al|bin)\\s+){0,2}${NAME}){0,3}`;
const RANK = '(?:Capt|CPT|Maj|MAJ|Col|COL|LTC|Lt|LT|LCDR|CDR|CAPT|Sgt|SGT|SSG|ENS|BG|RADM)';

function whole(source: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${source})(?![\\p{L}\\p{N}])`, 'giu');
}

/** Case matters: names are told by their capitals. */
function cased(source: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${source})(?![\\p{L}\\p{N}])`, 'gu');
}

function removal(name: string, pattern: RegExp, replacement = '[removed]'): TextPattern {
  return { name, pattern, replacement };
}

/**
 * In this order: what holds others comes first (an e-mail address holds a name, a date with a time a number). They remove
 * rather too much: a lost word costs a reader little, a name left in an answer is a breach.
 */
export const PATTERNS: readonly TextPattern[] = [
  removal('url', /(?:\bhttps?:\/\/|\bwww\.)[^\s<>"']+/giu),
  removal('e-mail', /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu),
  removal('uid', /(?<![\d.])\d+(?:\.\d+){5,}(?![\d.])/gu),
  removal('iso date', whole(`${YEAR}([-./])${MONTH_NUMBER}\\1${DAY}${TIME}`)),
  removal('numeric date', whole(`${DAY}([-./])${MONTH_NUMBER}\\1(?:${YEAR}|\\d\\d)${TIME}`)),
  removal('numeric date, month first', whole(`${MONTH_NUMBER}([-./])${DAY}\\1(?:${YEAR}|\\d\\d)${TIME}`)),
  removal('compact date', whole(`${YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])(?:\\d{6})?`)),
  removal(
    'date in words, day first',
    whole(`${DAY}(?:st|nd|rd|th)?[\\s-]+(?:of\\s+)?${MONTH}[\\s,-]+(?:${YEAR}|\\d\\d)${TIME}`),
  ),
  removal('date in words, month first', whole(`${MONTH}\\s+${DAY}(?:st|nd|rd|th)?(?:\\s*,?\\s*${YEAR})?${TIME}`)),
  removal('month and year', whole(`${MONTH}[\\s,-]*(?:of\\s+)?${YEAR}`)),
  removal('year and month', whole(`${YEAR}\\s+${MONTH}(?:\\s+${DAY})?`)),
  removal('day and month', cased(`${DAY}(?:st|nd|rd|th)?\\s+(?:of\\s+)?${MONTH_NAME}`)),
  // May and March are verbs as well, and without a day or year nobody can tell.
  removal('month alone', cased('(?:January|February|April|June|July|August|September|October|November|December)')),
  removal('social security number', whole('\\d{3}-\\d{2}-\\d{4}')),
  removal(
    'labelled number',
    whole(
      '(?:MRN|SSN|accession|acc|chart|record|medical record|patient id|case id|hospital id|account|visit|encounter)' +
        '(?:\\s*(?:number|no|nr|num|#|:|\\.|-|=))*\\s*(?=[\\p{L}-]{0,6}\\d)[\\p{L}\\p{N}-]{4,}',
    ),
  ),
  removal(
    'telephone, labelled',
    whole(
      '(?:tel|telephone|phone|fax|pager|mobile|cell|ext)(?:\\s*(?:no|number|#|:|\\.))*\\s*\\+?[\\d(][\\d\\s()./-]{3,}\\d',
    ),
  ),
  removal('telephone, international', /\+\d{1,3}[\s.-]?(?:\(?\d{1,5}\)?[\s./-]?){2,6}\d/gu),
  removal('telephone, American', /(?<![\d.])(?:\(\d{3}\)\s*|\d{3}[-.\s])\d{3}[-.]\d{4}(?!\d)/gu),
  removal('letters and digits of a number', whole('[A-Z]{1,4}-?\\d{6,}')),
  removal('long number', /(?<![\d.])\d{7,}(?!\d)/gu),
  removal(
    'doctor',
    cased(
      `(?:Drs?|Prof|Doctor|Professor|Mr|Mrs|Ms|Miss)\\b\\.?\\s+(?:(?:Dr|Prof|med)\\.?\\s+)*(?:${INITIAL}\\s+){0,2}${NAMES}`,
    ),
  ),
  removal('doctor, initials', cased(`(?:Drs?|Prof)\\.\\s*${NAME}`)),
  removal('doctor, any case', whole("dr\\.?\\s+\\p{L}[\\p{L}'’-]{2,}")),
  removal('rank and name', cased(`${RANK}\\.?\\s+(?:${INITIAL}\\s+){0,2}${NAMES}`)),
  removal(
    'name and degree',
    cased(
      `${NAME}(?:\\s+${INITIAL})?\\s+${NAME}(?:\\s+${NAME})?,?\\s+(?:M\\.?\\s?D|D\\.?O|Ph\\.?\\s?D|M\\.?B\\.?B\\.?S|R\\.?N)\\b\\.?`,
    ),
  ),
  removal(
    'street',
    cased(
      `\\d{1,5}\\s+(?:${NAME}\\s+){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Boulevard|Blvd|Lane|Ln|Court|Ct|Square|Sq)\\b\\.?`,
    ),
  ),
  removal('street, other order', cased(`${NAME}(?:straße|strasse|str\\.|weg|allee|platz|gasse)\\s*\\d{1,4}\\p{L}?`)),
  removal('postal code', cased('[A-Z]{2}\\s+\\d{5}(?:-\\d{4})?')),
  removal('hospital', cased(`(?:${NAME}\\s+){1,4}(?:Medical Cent(?:er|re)|Hospital|Clinic|Klinik|Klinikum|Infirmary)`)),
  // Ages over 89 are one class (45 CFR 164.514(b)(2)(i)(C)).
  removal('old age', /(?<![\d.])(?:9\d|1[0-2]\d)(?=[\s-]*(?:y\/?\.?o\b|yo\b|yrs?\b|years?\b|-?year))/giu, '90+'),
];
