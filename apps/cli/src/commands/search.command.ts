import { readFile, stat } from 'node:fs/promises';
import { Command } from 'commander';
import { CodedError, isKey } from '@precedent/kernel';
import { dataDirectory } from '../cli.config.ts';
import type { ServiceClient, SimilarCases, Upload } from '../client/service-client.ts';
import { useService } from '../client/use-service.ts';
import { printJson, say } from '../terminal/output.ts';
import { table } from '../terminal/table.ts';
import type { ServiceOptions } from './service-options.ts';
import { addServiceOptions, serveArguments } from './service-options.ts';
import { walkFiles } from './walk-files.ts';

interface Options extends ServiceOptions {
  readonly k: string;
  readonly filter?: readonly string[];
  readonly json?: boolean;
}

/** Filters by the names the API uses. */
const FILTERS = ['modality', 'bodyPart', 'sex', 'ageBand'];
/** Images of a queried folder that are sent; the service uses at most as many. */
const MAX_QUERY_FILES = 32;
const PICTURE = /\.(png|jpe?g)$/i;

export function searchCommand(): Command {
  const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];
  const command = new Command('search')
    .description(
      'Similar prior cases of a DICOM file, a folder with one study, a PNG or JPEG picture, or an archived study key.',
    )
    .argument('<query>', 'file, folder or study key')
    .option('-k <n>', 'how many cases', '10')
    .option(
      '--filter <name=value>',
      `keep cases with this value; names: ${FILTERS.join(', ')}; repeat for several`,
      collect,
    )
    .option('--json', 'print as JSON');
  return addServiceOptions(command).action(run);
}

async function run(query: string, options: Options): Promise<void> {
  const filter = parseFilter(options.filter ?? []);
  const isPath = await stat(query).then(
    () => true,
    () => false,
  );
  if (!isPath && !isKey(query)) {
    throw new CodedError('QUERY_UNKNOWN', `${query} is neither a file or folder here nor a study key.`);
  }
  const service = await useService(dataDirectory(options.dataDir), serveArguments(options));
  try {
    const answer = isPath
      ? await byUpload(service.client, query, options.k, filter)
      : await byKey(service.client, query, options.k, filter);
    if (options.json === true) printJson(answer);
    else print(answer);
  } finally {
    await service.stop();
  }
}

function parseFilter(given: readonly string[]): Record<string, string[]> {
  const filter: Record<string, string[]> = {};
  for (const text of given) {
    const [name = '', ...rest] = text.split('=');
    if (!FILTERS.includes(name) || rest.length === 0) {
      throw new CodedError('FILTER_INVALID', `--filter ${text}: write NAME=VALUE with one of ${FILTERS.join(', ')}.`);
    }
    (filter[name] ??= []).push(rest.join('='));
  }
  return filter;
}

function byKey(
  client: ServiceClient,
  studyKey: string,
  k: string,
  filter: Record<string, string[]>,
): Promise<SimilarCases> {
  return client.similarByKey({ studyKey }, Number(k), filter);
}

async function byUpload(
  client: ServiceClient,
  path: string,
  k: string,
  filter: Record<string, string[]>,
): Promise<SimilarCases> {
  const uploads = await queryUploads(path);
  if (uploads.length === 0)
    throw new CodedError('QUERY_EMPTY', `${path} holds no DICOM object and no PNG or JPEG picture.`);
  const parameters = new URLSearchParams({ k });
  for (const [name, values] of Object.entries(filter)) for (const value of values) parameters.append(name, value);
  return client.similarByUpload(uploads, parameters);
}

async function queryUploads(path: string): Promise<Upload[]> {
  if (PICTURE.test(path)) {
    const contentType = /png$/i.test(path) ? 'image/png' : 'image/jpeg';
    return [{ contentType, bytes: await readFile(path) }];
  }
  const { files } = await walkFiles(path);
  const step = Math.max(1, files.length / MAX_QUERY_FILES);
  const chosen = files.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
  return Promise.all(
    chosen.map(async (file) => ({ contentType: 'application/dicom', bytes: await readFile(file.path) })),
  );
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
