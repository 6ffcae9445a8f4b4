/** Real: the segment file on disk. Fake: damage is done by hand, to every byte and at every length. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '@precedent/kernel';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SegmentFile } from './segment-file.ts';
import { RecordKind } from './segment-format.ts';

const HEAD = { space: 'space-1', dimension: 8 };
let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segment-'));
  path = join(directory, 'cases.idx');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Opens, closes, and tells what was found. */
function contents(): { bodies: string[]; cutBytes: number } | string {
  const bodies: string[] = [];
  try {
    const file = SegmentFile.open(directory, HEAD, ({ body }) => bodies.push(body.toString()));
    file.close();
    return { bodies, cutBytes: file.cutBytes };
  } catch (error) {
    return codeOf(error);
  }
}

function write(...bodies: string[]): Buffer {
  const file = SegmentFile.open(directory, HEAD, () => undefined);
  for (const body of bodies) file.append(RecordKind.deleteStudies, Buffer.from(body));
  file.close();
  return readFileSync(path);
}

describe('segment file', () => {
  it('gives its records back in order', () => {
    write('one', '', 'three');
    expect(contents()).toEqual({ bodies: ['one', '', 'three'], cutBytes: 0 });
  });

  it('cuts the last record off wherever its writing stopped', () => {
    const whole = write('one', 'two').length;
    const bytes = write('three and a half');
    for (let size = whole + 1; size < bytes.length; size += 1) {
      writeFileSync(path, bytes.subarray(0, size));
      expect(contents()).toEqual({ bodies: ['one', 'two'], cutBytes: size - whole });
      expect(statSync(path).size).toBe(whole);
    }
  });

  it('finds every changed byte of earlier records, and never drops what stands behind it', () => {
    const before = write('one', 'two').length;
    const bytes = write('the last one');
    for (let at = 256; at < before; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x01;
      writeFileSync(path, damaged);
      // The 12 bytes behind a record head's checksum are padding: nothing is read from them.
      const padding = [256, 256 + 35].some((start) => at >= start + 20 && at < start + 32);
      expect([at, contents()]).toEqual([
        at,
        padding ? { bodies: ['one', 'two', 'the last one'], cutBytes: 0 } : 'INDEX_CORRUPT',
      ]);
    }
  });

  it('finds every changed byte of its head', () => {
    const bytes = write('one');
    const used = 24 + JSON.stringify(HEAD).length;
    for (let at = 0; at < used; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x01;
      writeFileSync(path, damaged);
      expect([at, contents()]).toEqual([at, 'INDEX_CORRUPT']);
    }
  });

  it('finds a good record behind megabytes of damage', () => {
    const bytes = write('one', 'x'.repeat(5_000_000), 'three');
    const damaged = Buffer.from(bytes);
    damaged.fill(0xff, 256 + 35, 256 + 35 + 4_000_000);
    writeFileSync(path, damaged);
    expect(contents()).toBe('INDEX_CORRUPT');
  });

  it('replaces its records in one step', () => {
    write('one', 'two');
    const file = SegmentFile.open(directory, HEAD, () => undefined);
    file.rewrite(directory, [{ kind: RecordKind.deleteStudies, body: Buffer.from('kept') }]);
    file.append(RecordKind.deleteStudies, Buffer.from('new'));
    file.close();
    expect(contents()).toEqual({ bodies: ['kept', 'new'], cutBytes: 0 });
  });

  it('refuses another space or dimension', () => {
    write('one');
    for (const head of [
      { ...HEAD, space: 'space-2' },
      { ...HEAD, dimension: 16 },
    ]) {
      expect(() => SegmentFile.open(directory, head, () => undefined)).toThrow(
        expect.objectContaining({ code: 'INDEX_SPACE_MISMATCH' }),
      );
    }
  });
});
