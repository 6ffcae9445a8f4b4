import { CodedError } from '@precedent/kernel';
import type { z } from 'zod';

/** Where a setting may come from, the strongest first: command line, environment, file. Undefined values do not count. */
export type ConfigSource = Readonly<Record<string, unknown>>;

function merged(sources: readonly ConfigSource[]): Record<string, unknown> {
  const entries = [...sources].reverse().flatMap((source) => Object.entries(source));
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

const sentence = (issue: z.core.$ZodIssue): string =>
  `  ${issue.path.length === 0 ? 'settings' : issue.path.join('.')}: ${issue.message}`;

/**
 * Reads the settings of every room at once; `schema` is composed in the app. The values themselves are never printed: a
 * mistyped variable may hold a password.
 * @returns the parsed settings, frozen all the way down.
 * @throws CONFIG_INVALID with one line for each problem, all of them.
 */
export function readConfig<T extends z.ZodType>(schema: T, sources: readonly ConfigSource[]): Readonly<z.output<T>> {
  const parsed = schema.safeParse(merged(sources));
  if (parsed.success) return frozen(parsed.data);
  const problems = parsed.error.issues.map(sentence);
  throw new CodedError('CONFIG_INVALID', `The settings cannot be used:\n${problems.join('\n')}`);
}
