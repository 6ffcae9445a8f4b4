import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { tagOf } from '@precedent/dicom';
import { parse } from 'yaml';
import { z } from 'zod';
import { deidError } from '../deid.errors.ts';
import { profileSchema } from '../domain/profile.ts';
import type { DeidProfile, ProfileRules } from '../domain/profile.ts';

/** Holds from `src` and from `dist` alike. */
const PROFILES = new URL('../../../../governance/deid-profiles/', import.meta.url);
const NAME = /^[a-z][a-z0-9-]*$/;

/**
 * Reads a profile by name (of `governance/deid-profiles`) or by the path of a YAML file.
 * @throws CodedError DEID_PROFILE_MISSING, DEID_PROFILE_INVALID (with every problem)
 */
export async function loadDeidProfile(nameOrFile: string): Promise<DeidProfile> {
  const file = NAME.test(nameOrFile) ? fileURLToPath(new URL(`${nameOrFile}.yaml`, PROFILES)) : nameOrFile;
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw deidError('DEID_PROFILE_MISSING', { cause });
  });
  return { rules: rulesOf(bytes), sha256: createHash('sha256').update(bytes).digest('hex') };
}

function rulesOf(bytes: Buffer): ProfileRules {
  try {
    const rules = profileSchema.parse(parse(bytes.toString('utf8')));
    // A misspelt keyword would keep nothing and say nothing.
    for (const keyword of [...rules.keepText, ...rules.keepBinary]) tagOf(keyword);
    return rules;
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : '';
    throw deidError('DEID_PROFILE_INVALID', { cause, detail });
  }
}
