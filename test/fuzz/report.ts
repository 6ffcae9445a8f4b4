import type { Tally } from './messages.ts';
import type { FuzzResult, KindResult } from './run.ts';

/** One row a class, one column an outcome. */
export function tableOf(tally: Tally): string {
  const outcomes = [...new Set(Object.values(tally).flatMap((cells) => Object.keys(cells)))].sort();
  const rows = Object.entries(tally).sort(([a], [b]) => a.localeCompare(b));
  const sum = (cells: Record<string, number>): number => Object.values(cells).reduce((all, n) => all + n, 0);
  const lines = rows.map(([name, cells]) => [name, sum(cells), ...outcomes.map((outcome) => cells[outcome] ?? 0)]);
  const head = ['class', 'mutants', ...outcomes];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const MAX_SHOWN = 30;

function describeKind(name: string, result: KindResult): string {
  const { mutants, bases, shared, tally, failures, contained, peakRss, seconds } = result;
  const where = shared ? '' : '; objects of ../shared/data/dicom are NOT HERE';
  const shown = failures
    .slice(0, MAX_SHOWN)
    .map(
      ({ property, seed, notes, detail }) =>
        `FAILED ${property}\n  replay: npm run fuzz -- --replay '${seed}'\n  ${notes.join('; ')}\n  ${detail}`,
    );
  return [
    `## ${name}: ${mutants} mutants of ${bases} bases${where}`,
    `${failures.length} failures, ${contained.length} contained by the sandbox, at most ${Math.round(peakRss / 2 ** 20)} MiB, ${Math.round(seconds)} s`,
    tableOf(tally),
    ...shown,
    ...(failures.length > MAX_SHOWN ? [`… and ${failures.length - MAX_SHOWN} more`] : []),
    ...contained.slice(0, MAX_SHOWN).map((line) => `contained: ${line}`),
  ].join('\n\n');
}

export function describeResult(result: FuzzResult): string {
  return `# Fuzz, seed ${result.seed}\n\n${describeKind('Objects', result.parse)}\n\n${describeKind('Code streams', result.decode)}\n`;
}

export function failuresIn({ parse, decode }: FuzzResult): number {
  return parse.failures.length + decode.failures.length;
}
