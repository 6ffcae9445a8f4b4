import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import type { FactoryProvider } from '@nestjs/common';
import { createDeidKeys } from './adapters/key-file.ts';
import { deidConfigSchema } from './deid.config.ts';
import { DeidModule } from './deid.module.ts';
import type { Deidentifier } from './deidentifier.ts';
import { sampleObject } from './object.testkit.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const REFERENCE = join(ROOT, '..', 'shared', 'reference');

describe('wiring (real: module, profile, key file; fake: the Nest container, its factories are called by hand)', () => {
  it('makes a deidentifier that holds images back unless it is told not to', async () => {
    const keyFile = join(await mkdtemp(join(tmpdir(), 'precedent-deid-')), 'key.json');
    const start = async (options: object): Promise<Deidentifier> => {
      const { providers } = DeidModule.forRoot(deidConfigSchema.parse({ keyFile, ...options }));
      const [settings, deidentifier] = providers as [FactoryProvider<object>, FactoryProvider<Deidentifier>];
      return deidentifier.useFactory(await settings.useFactory());
    };
    await expect(start({})).rejects.toMatchObject({ code: 'DEID_KEY_MISSING' });
    await createDeidKeys(keyFile);
    expect(await (await start({})).deidentifyObject(sampleObject())).toMatchObject({
      reason: 'pixel-cleaning-pending',
    });
    const lenient = await start({ allowUncleanedPixels: true });
    expect((await lenient.deidentifyObject(sampleObject())).kind).toBe('deidentified');
  });
});

if (!existsSync(REFERENCE))
  process.stderr.write('\nNOT HERE: ../shared/reference: drift of the generated tables is NOT tested.\n');

(existsSync(REFERENCE) ? describe : describe.skip)('generated tables (real: generator, reference data)', () => {
  it('are what the generator makes of the reference data', async () => {
    const outDir = await mkdtemp(join(tmpdir(), 'precedent-deid-'));
    const run = spawnSync(process.execPath, [join(ROOT, 'tools', 'make-deid-table.mjs'), REFERENCE, outDir]);
    expect(run.stderr.toString()).toBe('');
    for (const file of ['table-e1-1.ts', 'iod-types.ts']) {
      const committed = await readFile(join(ROOT, 'libs', 'deid', 'src', 'domain', 'data', file), 'utf8');
      expect(await readFile(join(outDir, file), 'utf8')).toBe(committed);
    }
  });
});
