import { chmod, mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createDeidKeys, loadDeidKeys } from './key-file.ts';
import { loadDeidProfile } from './profile-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent-deid-'));
});

async function fileWith(text: string, mode = 0o600): Promise<string> {
  const file = join(folder, `${Math.random()}.json`);
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

describe('pseudonym key file (real: files and their rights)', () => {
  it('is made once, readable by its owner only, and read back', async () => {
    const file = join(folder, 'key.json');
    const made = await createDeidKeys(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await loadDeidKeys(file)).toEqual(made);
    expect(made.secret).toHaveLength(32);
    await expect(createDeidKeys(file)).rejects.toMatchObject({ code: 'DEID_KEY_EXISTS' });
    expect(await loadDeidKeys(file)).toEqual(made);
  });

  it('takes any secret of 16 bytes or more, the same key every time, a line end not counting', async () => {
    const hex = 'd41d8cd98f00b204e9800998ecf8427e';
    const first = await loadDeidKeys(await fileWith(hex));
    expect(await loadDeidKeys(await fileWith(`${hex}\n`))).toEqual(first);
    expect(first.secret).toHaveLength(32);
    const other = await loadDeidKeys(await fileWith(hex.replace('d', 'e')));
    expect([other.keyId === first.keyId, other.secret.equals(first.secret)]).toEqual([false, false]);
    await expect(loadDeidKeys(await fileWith('too short'))).rejects.toMatchObject({ code: 'DEID_KEY_INVALID' });
  });

  it('a file that others can read is refused, unless the caller asks to be told instead', async () => {
    const file = await fileWith('0123456789abcdef0123456789abcdef', 0o644);
    const told: string[] = [];
    await loadDeidKeys(file, { onUnsafe: (sentence) => told.push(sentence) });
    expect(told).toHaveLength(1);
  });

  it('missing, unsafe and invalid files have their own codes, and no message or cause holds the secret', async () => {
    const secret = Buffer.alloc(32, 9).toString('base64');
    const good = JSON.stringify({ keyId: 'k', secret });
    await expect(loadDeidKeys(join(folder, 'none'))).rejects.toMatchObject({ code: 'DEID_KEY_MISSING' });
    for (const mode of [0o644, 0o602, 0o660])
      await expect(loadDeidKeys(await fileWith(good, mode))).rejects.toMatchObject({ code: 'DEID_KEY_UNSAFE' });
    const bad = [
      '',
      '{}',
      `{"keyId":"k","secret":"${secret}`,
      JSON.stringify({ keyId: 'k', secret: 'AAAA' }),
      JSON.stringify({ keyId: 'k', secret, extra: 1 }),
    ];
    for (const text of bad) {
      const error: unknown = await loadDeidKeys(await fileWith(text)).catch((fault: unknown) => fault);
      expect(error).toMatchObject({ code: 'DEID_KEY_INVALID' });
      expect(`${String((error as Error).stack)}${String((error as Error).cause)}`).not.toContain(secret.slice(0, 12));
    }
  });
});

describe('profile files (real: the profiles of governance/)', () => {
  it.each(['retrieval', 'strict'])('%s is valid and identified by its digest', async (name) => {
    const profile = await loadDeidProfile(name);
    expect(profile.rules.name).toBe(name);
    expect(profile.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('names what is wrong: a misspelt key, a misspelt keyword, a missing file', async () => {
    await expect(loadDeidProfile('nonesuch')).rejects.toMatchObject({ code: 'DEID_PROFILE_MISSING' });
    const start =
      'name: x\nversion: 1\nedition: 2024e\ndates: shifted\ntimes: removed\nbirthDate: emptied\nkeepPatientCharacteristics: []\nkeepBinary: []\nkeepCodingSchemes: []\nordinaryWords: []\n';
    const misspelt = await fileWith(`${start}keepText: [Manufacturerer]\n`);
    await expect(loadDeidProfile(misspelt)).rejects.toThrow(/Manufacturerer/);
    const unknown = await fileWith(`${start}keepText: []\nkeepEverything: true\n`);
    await expect(loadDeidProfile(unknown)).rejects.toMatchObject({ code: 'DEID_PROFILE_INVALID' });
  });
});
