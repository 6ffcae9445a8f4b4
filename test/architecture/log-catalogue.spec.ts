import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { LOG_EVENTS } from '../../libs/platform/src/domain/log-catalogue.ts';

const ROOT = join(import.meta.dirname, '..', '..');

async function sources(): Promise<string> {
  const texts: string[] = [];
  for (const top of ['apps', 'libs']) {
    const files = await readdir(join(ROOT, top), { recursive: true });
    const own = files.filter((file) => /^[^/]+\/src\/.*\.ts$/.test(file) && !/\.spec\.ts$|\.testkit\.ts$/.test(file));
    for (const file of own) texts.push(await readFile(join(ROOT, top, file), 'utf8'));
  }
  return texts.join('\n');
}

it('every event of the log catalogue is written by something: one that nobody writes would be waited for in vain', async () => {
  const text = await sources();
  const unwritten = Object.keys(LOG_EVENTS).filter((name) => !text.includes(`event('${name}'`));
  expect(unwritten).toEqual([]);
});
