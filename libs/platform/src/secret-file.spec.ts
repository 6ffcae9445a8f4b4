import { afterAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecretFile, readSecretFile } from '@precedent/platform';

describe('secret files (real: files and permissions)', () => {
  const made: string[] = [];
  const scratch = async () => {
    const directory = await mkdtemp(join(tmpdir(), 'precedent-secret-'));
    made.push(directory);
    return directory;
  };
  afterAll(async () => {
    for (const directory of made) await rm(directory, { recursive: true });
  });

  it('writes 0600, reads back, leaves nothing else', async () => {
    const directory = await scratch();
    await createSecretFile(join(directory, 'key'), Buffer.from('k'));
    expect((await readSecretFile(join(directory, 'key'))).toString()).toBe('k');
    expect((await stat(join(directory, 'key'))).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['key']);
  });

  it('never replaces a secret, not even when two processes make it at once', async () => {
    const path = join(await scratch(), 'key');
    const both = await Promise.allSettled([
      createSecretFile(path, Buffer.from('a')),
      createSecretFile(path, Buffer.from('b')),
    ]);
    expect(both.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    const kept = (await readSecretFile(path)).toString();
    await expect(createSecretFile(path, Buffer.from('c'))).rejects.toMatchObject({ code: 'SECRET_EXISTS' });
    expect((await readSecretFile(path)).toString()).toBe(kept);
  });

  it.each([0o640, 0o604, 0o620])('refuses a file with permissions %o', async (mode) => {
    const path = join(await scratch(), 'key');
    await writeFile(path, 'k');
    await chmod(path, mode);
    await expect(readSecretFile(path)).rejects.toMatchObject({ code: 'SECRET_EXPOSED' });
  });

  it('tells a missing from an empty file', async () => {
    const path = join(await scratch(), 'key');
    await expect(readSecretFile(path)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
    await writeFile(path, '', { mode: 0o600 });
    await expect(readSecretFile(path)).rejects.toMatchObject({ code: 'SECRET_EMPTY' });
  });
});
