// Real: the case pack's files, the sandbox with its child process, all codecs. Fake: nothing.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ImagingSandbox } from './imaging-sandbox.ts';
import { sharedPath } from './test-objects.testkit.ts';

interface Line {
  readonly path: string;
  readonly transfer_syntax: string;
  readonly photometric: string;
  readonly frames: number;
  readonly display_sha256: string;
}

const folder = sharedPath('data', 'cases');
const all =
  folder === undefined
    ? []
    : readFileSync(join(folder, 'manifest.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Line);
// The rare kinds (colour, multi-frame) entirely; of the rest every tenth.
const sample = all.filter((line, i) => i % 10 === 0 || line.photometric === 'RGB' || line.frames > 1);

(folder === undefined ? describe.skip : describe)('every tenth file of the case pack, through the sandbox', () => {
  const sandbox = new ImagingSandbox({ processes: 2 });
  afterAll(() => sandbox.stop());

  const syntaxes = [...new Set(sample.map((line) => line.transfer_syntax))];
  it.each(syntaxes)('%s is shown as the manifest asks', async (syntax) => {
    const lines = sample.filter((line) => line.transfer_syntax === syntax);
    const wrong = await Promise.all(
      lines.map(async ({ path, display_sha256 }) => {
        const target = { kind: 'display' } as const;
        const outcome = await sandbox.render({ source: { path: join(folder ?? '', path) }, frames: 'all', target });
        if (outcome.kind === 'failed') return [`${path}: ${outcome.reason}`];
        const hash = createHash('sha256');
        for (const frame of outcome.frames) hash.update(frame.data);
        return hash.digest('hex') === display_sha256 ? [] : [path];
      }),
    );
    expect(wrong.flat()).toEqual([]);
  });
});
