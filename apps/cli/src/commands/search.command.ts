import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { CodedError, isKey } from '@precedent/kernel';
import type { ServiceClient, SimilarCases } from '../client/service-client.ts';
import { printJson, say } from '../terminal/output.ts';
import { table } from '../terminal/table.ts';
import type { CaseFilter } from './parse-options.ts';
import { caseFilter, FILTERS, wholeNumber } from './parse-options.ts';
import { queryUploads } from './query-uploads.ts';
import type { ServiceOptions } from './service-options.ts';
import { addServiceOptions } from './service-options.ts';
import { askService } from './with-service.ts';

interface Options extends ServiceOptions {
  readonly k: number;
  readonly filter?: CaseFilter;
  readonly json?: boolean;
}

/** As many as the service takes (its schemas.ts). */
const MAX_CASES = 100;

export function searchCommand(): Command {
  const command = new Command('search')
    .description(
      'Similar prior cases of a DICOM file, a folder with one study, a PNG or JPEG picture, or an archived study key.',
    )
    .argument('<query>', 'file, folder or study key')
    .option('-k <n>', 'how many cases', wholeNumber(1, MAX_CASES), 10)
    .option(
      '--filter <name=value>',
      `keep cases with this value; names: ${FILTERS.join(', ')}; repeat for several`,
      caseFilter,
    )
    .option('--json', 'print as JSON');
  return addServiceOptions(command).action(run);
}

async function run(query: string, options: Options): Promise<void> {
  // Read before a service is started for it: a wrong path is told at once.
  const ask = await questionOf(query, options.k, options.filter ?? {});
  const answer = await askService(options, ({ client }) => ask(client));
  if (options.json === true) printJson(answer);
  else print(answer);
}

type Question = (client: ServiceClient) => Promise<SimilarCases>;

async function questionOf(query: string, k: number, filter: CaseFilter): Promise<Question> {
  const isPath = await stat(query).then(
    () => true,
    () => false,
  );
  if (!isPath && !isKey(query))
    throw new CodedError('QUERY_UNKNOWN', `${query} is neither a file or folder here nor a study key.`);
  if (!isPath) return (client) => client.similarByKey({ studyKey: query }, k, filter);
  const uploads = await queryUploads(query);
  const parameters = new URLSearchParams({ k: String(k) });
  for (const [name, values] of Object.entries(filter)) for (const value of values) parameters.append(name, value);
  return (client) => client.similarByUpload(uploads, parameters);
}

/** Outcome columns shown in the table, by their usual CSV names; the JSON has all. */
const SHOWN = ['site', 'body_region', 'diagnosis', 'confirmed_by'];

export function casesTable(answer: SimilarCases): string {
  const columns = SHOWN.filter((name) => answer.results.some((result) => (result.outcome?.[name] ?? '') !== ''));
  return table(
    ['rank', 'score', 'study key', 'modality', 'body part', 'sex', 'age', ...columns],
    answer.results.map((r) => [
      r.rank,
      r.score.toFixed(3),
      r.studyKey,
      r.modality,
      r.bodyPart,
      r.sex,
      r.ageBand,
      ...columns.map((name) => shorten(r.outcome?.[name] ?? '')),
    ]),
  );
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

function print(answer: SimilarCases): void {
  if (answer.results.length === 0) say('No case fits the question and its filters.');
  else say(casesTable(answer));
  say(`\n${answer.searchedImages} images searched · space ${answer.space} · answer ${answer.answerId}`);
  say(answer.notice);
}
