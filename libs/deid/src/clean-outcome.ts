import { OLDEST_STATED_AGE } from './domain/ages.ts';
import { TextCleaner } from './domain/clean-text.ts';
import { asName } from './domain/identifiers.ts';
import type { CleanedOutcome } from './domain/types.ts';

/** Words in a column's name that make its values identifying (Safe Harbor, 45 CFR 164.514(b)(2)). */
const NAMING_WORDS =
  /^(?:name|names|surname|forename|physician|doctor|surgeon|radiologist|operator|technologist|referrer)$/;
const NUMBER_WORDS =
  /^(?:uid|mrn|ssn|accession|phone|telephone|mobile|fax|email|mail|address|street|city|zip|postcode|postal|insurance|account|passport|id|ids|url|ip)$/;
const DATE_WORDS = /^(?:date|datetime|time|timestamp|birth|birthdate|birthday|dob|day|admitted|discharged)$/;
/** Ids that name a thing of a catalogue, not a person's record. */
const CODED =
  /^(?:modality|body_region|body_part|site|diagnosis|diagnosis_category|acr_code|icd_?\w*|snomed\w*|patient_sex|sex|view|source_set|n_\w+)$/;
const AGE = /^(?:patient_)?age(?:_years)?$/;

type Kind = 'name' | 'number' | 'date' | 'age' | 'coded' | 'text';

/** Whole words of a column's name: `study_date` is a date, `candidate` is none. */
function kindOf(column: string): Kind {
  const name = column
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
  if (CODED.test(name)) return 'coded';
  if (AGE.test(name)) return 'age';
  const words = name.split(/[^a-z]+/);
  if (words.some((word) => NAMING_WORDS.test(word))) return 'name';
  if (words.some((word) => DATE_WORDS.test(word))) return 'date';
  return words.some((word) => NUMBER_WORDS.test(word)) ? 'number' : 'text';
}

/**
 * Cleans the outcome line of one study (CSV column → value). Columns that identify are dropped, coded ones kept, ages
 * capped at 90, and all other text cleaned of this patient's identifiers and of whatever looks like one. Column names stay.
 * @param identifiers of the patient from the study's headers: names in PN form (`Family^Given`), dates as YYYYMMDD,
 * anything else as it is; the line's own identifying columns are added to them
 */
export function cleanOutcome(row: Readonly<Record<string, string>>, identifiers: readonly string[]): CleanedOutcome {
  const cleaner = new TextCleaner([...identifiers, ...identifiersIn(row)]);
  const cleaned = Object.entries(row).flatMap(([column, value]): [string, string][] => {
    const kind = kindOf(column);
    if (kind === 'age') return [[column, cleanAge(value, cleaner)]];
    if (kind === 'coded') return [[column, cleaner.cleanCoded(value)]];
    return kind === 'text' ? [[column, cleaner.clean(value)]] : [];
  });
  return Object.fromEntries(cleaned);
}

function identifiersIn(row: Readonly<Record<string, string>>): string[] {
  return Object.entries(row).flatMap(([column, value]) => {
    const text = value.trim();
    const kind = kindOf(column);
    if (text === '') return [];
    if (kind === 'name') return [asName(text)];
    if (kind === 'date') return [text.replace(/^(\d{4})-(\d{2})-(\d{2}).*$/s, '$1$2$3'), text];
    return kind === 'number' ? [text] : [];
  });
}

/** @returns whole years with 90 for everyone above 89; what is no age is cleaned like text. */
function cleanAge(value: string, cleaner: TextCleaner): string {
  const match = /^\s*(\d{1,3})(?:\.\d+)?\s*(?:y|yr|yrs|years?)?\s*$/i.exec(value);
  if (match === null) return cleaner.clean(value);
  const years = Number(match[1]);
  return years > OLDEST_STATED_AGE ? String(OLDEST_STATED_AGE + 1) : value.trim();
}
