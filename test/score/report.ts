import type { Score } from './tally.ts';
import { AIM } from './tally.ts';

const percent = (share: number): string => `${(Math.floor(share * 1e6) / 1e4).toFixed(4)} %`;
const MOST_PLACES = 60;

/** The scorecard as people read it. Shares are rounded down: what is not reached is not shown as reached. */
export function describeScore(
  result: Score,
  { seed, profile }: { readonly seed: string; readonly profile: string },
): string {
  const rows = result.classes.map(
    ({ c, actions, failed, share, met }) =>
      `${c.padEnd(20)} ${String(actions).padStart(9)} ${String(failed).padStart(8)}  ${actions === 0 ? '–' : percent(share).padStart(11)}  ${met ? '' : 'MISSED'}`,
  );
  const shown = result.places
    .slice(0, MOST_PLACES)
    .map(
      ({ c, place, failed, seen, example }) =>
        `  ${String(failed).padStart(5)} × ${c}: ${place} | ${seen} | ${example}`,
    );
  const more = result.places.length - shown.length;
  return [
    `De-identification scorecard: seed ${seed}, profile ${profile}`,
    `${result.objects} objects of ${result.patients} patients; ${result.out} came out, ${result.held} were held back`,
    '',
    `${'class'.padEnd(20)} ${'actions'.padStart(9)} ${'failed'.padStart(8)}  ${'passed'.padStart(11)}`,
    ...rows,
    `${'all'.padEnd(20)} ${String(result.actions).padStart(9)} ${String(result.failed).padStart(8)}`,
    '',
    `patients with any leak: ${result.patientsWithLeak} of ${result.patients}`,
    `aim: ${percent(AIM)} of each class: ${result.met ? 'met' : 'MISSED'}`,
    ...(shown.length === 0 ? [] : ['', 'failed, by place:', ...shown]),
    ...(more > 0 ? [`  and ${more} more places: --json has them all`] : []),
    '',
  ].join('\n');
}
