/** Real: pino writing to a file. Fake: nothing. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError, studyKey } from '@precedent/kernel';
import { createLogger, NestLogger } from '@precedent/platform';
import { LOG_EVENTS } from './domain/log-catalogue.ts';
import { accepts, framesOf } from './domain/log-fields.ts';

const UID = '1.2.840.113619.2.55.3.604688119.971.1763971200.123';

describe('the log', () => {
  const made: string[] = [];
  afterAll(async () => {
    for (const directory of made) await rm(directory, { recursive: true });
  });

  async function logged(write: (logger: ReturnType<typeof createLogger>) => void): Promise<Record<string, unknown>[]> {
    const directory = await mkdtemp(join(tmpdir(), 'precedent-log-'));
    made.push(directory);
    const file = join(directory, 'service.log');
    const logger = createLogger({ level: 'info', destination: { file } });
    write(logger);
    logger.close();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  it('writes an event of the catalogue with its id, time and fields', async () => {
    const [line] = await logged((logger) =>
      logger.event('study-deidentified', { studyKey: studyKey('abc123'), instances: 4, quarantined: 0, durationMs: 1 }),
    );
    expect(line).toMatchObject({
      level: 'info',
      id: 2100,
      event: 'study-deidentified',
      studyKey: 'abc123',
      instances: 4,
    });
    expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('does not let a UID, a name or a path through, not even by a cast; nor fields that the event has not', async () => {
    const lines = await logged((logger) => {
      logger.event('study-deidentified', { studyKey: studyKey(UID), instances: 1, quarantined: 0, durationMs: 1 });
      logger.event('stage-failed', { stage: 'DOE^JANE', code: '/spool/DOE' });
      const wide = { stage: 'embed', code: 'X', patient: 'DOE' };
      logger.event('stage-failed', wide);
      logger.event('http-request', { method: 'GET', route: `/studies/${UID}`, status: 200, durationMs: 1 });
    });
    expect(JSON.stringify(lines)).not.toMatch(/DOE|1\.2\.840/);
    expect(lines.map((line) => line['studyKey'] ?? line['stage'] ?? line['route'])).toEqual([
      '[refused]',
      '[refused]',
      'embed',
      '[refused]',
    ]);
  });

  it('tells a fault by code and place, its causes too, without any message', async () => {
    const cause = new TypeError("cannot read 'DOE^JANE'");
    const [line] = await logged((logger) => logger.fault('deid', new CodedError('DEID_X', 'sentence', { cause })));
    expect(line).toMatchObject({ level: 'error', event: 'fault', code: 'DEID_X', part: 'deid' });
    expect(JSON.stringify(line)).not.toMatch(/DOE|sentence/);
    expect(line?.['frames']).toEqual(expect.arrayContaining(['CodedError', 'TypeError']));
    expect(JSON.stringify(line?.['frames'])).toContain('create-logger.spec.ts:');
  });

  it('keeps only the speaker of what Nest says', async () => {
    const lines = await logged((logger) => {
      const nest = new NestLogger(logger);
      nest.warn('DOE^JANE', 'RouterExplorer');
      nest.error(new Error('DOE^JANE'), 'stack DOE', 'ExceptionsHandler');
    });
    expect(lines.map((line) => line['part'])).toEqual(['RouterExplorer', 'ExceptionsHandler']);
    expect(JSON.stringify(lines)).not.toContain('DOE');
  });

  it('has an id of its own for every event', () => {
    const ids = Object.values(LOG_EVENTS).map((event) => event.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(['/', '/v1/cases/:studyKey', '/health/live', '/v1/studies/:studyKey/images', '/unmatched', '/*splat'])(
    'takes the declared route %s',
    (route) => expect(accepts('route', route)).toBe(true),
  );

  it('reads frames of any stack without their messages', () => {
    const error = new Error('first line\n    at secret (DOE^JANE.ts:1:1)');
    expect(framesOf(error).every((frame) => accepts('frames', [frame]))).toBe(true);
    expect(framesOf(error).join()).not.toContain('^');
  });
});
