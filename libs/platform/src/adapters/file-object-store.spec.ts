/** Real: files, rename, permissions; a tmpfs where it may be mounted. Fake: nothing. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileObjectStore } from '@precedent/platform';
import { objectStoreContract } from '../object-store.testkit.ts';

const scratch: string[] = [];
async function scratchDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'precedent-objects-'));
  scratch.push(directory);
  return directory;
}

afterAll(async () => {
  for (const directory of scratch) await rm(directory, { recursive: true, force: true });
});

objectStoreContract('FileObjectStore keeps the contract', async () => new FileObjectStore(await scratchDirectory()));

describe('FileObjectStore', () => {
  it('leaves no half-written file behind, and makes files readable by their owner only', async () => {
    const directory = join(await scratchDirectory(), 'objects');
    const store = new FileObjectStore(directory);
    const digest = await store.put(Buffer.from('bytes'));
    expect(await readdir(join(directory, 'tmp'))).toEqual([]);
    expect((await stat(store.path(digest))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await readFile(store.path(digest))).toString()).toBe('bytes');
  });

  it('finds a flipped bit, and mends a file of the wrong length when the bytes come again', async () => {
    const store = new FileObjectStore(await scratchDirectory());
    const digest = await store.put(Buffer.from('right'));
    await writeFile(store.path(digest), 'wrong');
    await expect(store.get(digest)).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
    await writeFile(store.path(digest), 'rig');
    await store.put(Buffer.from('right'));
    expect((await store.get(digest)).toString()).toBe('right');
  });

  it('removes half-written files of long-gone processes only', async () => {
    const directory = await scratchDirectory();
    await mkdir(join(directory, 'tmp'));
    for (const name of ['old', 'new']) await writeFile(join(directory, 'tmp', name), 'half');
    await utimes(join(directory, 'tmp', 'old'), 1, 1);
    await new FileObjectStore(directory).put(Buffer.from('x'));
    expect(await readdir(join(directory, 'tmp'))).toEqual(['new']);
  });

  it('says that it may not write, and works once it may', async () => {
    const directory = join(await scratchDirectory(), 'objects');
    await writeFile(directory, 'a file where the directory should be');
    const store = new FileObjectStore(directory);
    await expect(store.put(Buffer.from('x'))).rejects.toMatchObject({ code: 'OBJECT_STORE_FAILED' });
    await rm(directory);
    await expect(store.put(Buffer.from('x'))).resolves.toHaveLength(64);
  });

  it('says that permission is missing', async () => {
    if (process.getuid?.() === 0) return void process.stderr.write('not here: root passes every permission\n');
    const directory = await scratchDirectory();
    await chmod(directory, 0o500);
    await expect(new FileObjectStore(directory).put(Buffer.from('x'))).rejects.toMatchObject({
      code: 'OBJECT_STORE_FORBIDDEN',
    });
  });

  it('says that the disk is full, keeps what was stored and leaves nothing half', async () => {
    const mount = await scratchDirectory();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount], { stdio: 'pipe' });
    } catch {
      process.stderr.write('not here: a tmpfs cannot be mounted, the full disk is not tested\n');
      return;
    }
    try {
      const store = new FileObjectStore(join(mount, 'objects'));
      const kept = await store.put(Buffer.alloc(1_000_000, 1));
      const many = [2, 3, 4, 5].map((fill) => Buffer.alloc(2_000_000, fill));
      await expect(store.putMany(many)).rejects.toMatchObject({ code: 'OBJECT_STORE_FULL' });
      expect((await store.get(kept)).length).toBe(1_000_000);
      expect(await readdir(join(mount, 'objects', 'tmp'))).toEqual([]);
    } finally {
      execFileSync('umount', [mount]);
    }
  });
});
