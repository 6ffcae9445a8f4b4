import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a profile promises about dates: `shifted` PS3.15 E.3.6 with modified dates, `removed` the Basic Profile. */
export type DateRule = 'shifted' | 'removed';

const ROOT = join(import.meta.dirname, '..', '..');

/** Reads what the user chose, as the user does: from the profile's file. */
export function dateRuleOf(profile: string): DateRule {
  const file = /[/.]/.test(profile) ? profile : join(ROOT, 'governance', 'deid-profiles', `${profile}.yaml`);
  return /^dates:\s*shifted/m.test(readFileSync(file, 'utf8')) ? 'shifted' : 'removed';
}
