import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tagOf } from '@precedent/dicom';
import { parse } from 'yaml';
import { z } from 'zod';
import { deidError } from '../deid.errors.ts';
import { listsSchema, profileSchema, withLists } from '../domain/profile.ts';
import type { DeidProfile, ProfileRules } from '../domain/profile.ts';

/** Holds from `src` and from `dist` alike. */
const PROFILES = new URL('../../../../governance/deid-profiles/', import.meta.url);
const NAME = /^[a-z][a-z0-9-]*$/;

/**
 * Reads a profile by name (of `governance/deid-profiles`) or by the path of a YAML file, with the lists that it names. The digest
 * is of the profile's bytes, followed by those of its lists: a word added there is another profile.
 * @throws CodedError DEID_PROFILE_MISSING, DEID_PROFILE_INVALID (with every problem)
 */
export async function loadDeidProfile(nameOrFile: string): Promise<DeidProfile> {
  const file = NAME.test(nameOrFile) ? fileURLToPath(new URL(`${nameOrFile}.yaml`, PROFILES)) : nameOrFile;
  const bytes = await bytesOfFile(file);
  const rules = checked(() => profileSchema.parse(parse(bytes.toString('utf8'))));
  if (rules.lists === undefined) return { rules: withKnownKeywords(rules), sha256: digestOf(bytes) };
  const lists = await bytesOfFile(listsFile(rules.lists, file));
  const joined = checked(() => withLists(rules, listsSchema.parse(parse(lists.toString('utf8')))));
  return { rules: withKnownKeywords(joined), sha256: digestOf(bytes, lists) };
}

/** A name is one of the product's lists, anything else a file beside the profile. */
function listsFile(lists: string, profile: string): string {
  if (NAME.test(lists)) return fileURLToPath(new URL(`lists/${lists}.yaml`, PROFILES));
  return join(dirname(profile), lists);
}

function digestOf(...parts: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function bytesOfFile(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw deidError('DEID_PROFILE_MISSING', { cause });
  });
}

/** A misspelt keyword would keep nothing and say nothing. */
function withKnownKeywords(rules: ProfileRules): ProfileRules {
  return checked(() => {
    for (const keyword of [...rules.keepText, ...rules.cleanText, ...rules.keepBinary]) tagOf(keyword);
    return rules;
  });
}

function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : '';
    throw deidError('DEID_PROFILE_INVALID', { cause, detail });
  }
}
