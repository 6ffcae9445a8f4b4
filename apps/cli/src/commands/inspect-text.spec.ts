// Real: the text and the JSON line of `inspect`. Fake: what was inspected.
import { describe, expect, it } from '@jest/globals';
import type { FrameInspection, Inspection } from '@precedent/deid';
import { inspectedRecord, isShort, jsonLine, unseenRecord } from './inspect-record.ts';
import type { InspectRecord } from './inspect-record.ts';
import { inspectText } from './inspect-text.ts';

const TARGET = { kind: 'file', path: '/a', shown: 'a.dcm', name: 'a.dcm', isNamed: true } as const;

const OBJECT: Inspection['object'] = {
  kind: 'part10',
  preamble: 'zeros',
  meta: { elements: 7, bytes: 190 },
  transferSyntax: null,
  sopClass: null,
  characterSets: [],
  dataset: null,
  picture: null,
  secondReader: 'agrees',
  findings: [],
  offsetsIn: 'file',
  rejection: null,
};

const FRAME: FrameInspection = {
  frame: 1,
  width: 8,
  height: 8,
  channels: 1,
  voi: 'none',
  storedSha256: 'a'.repeat(64),
  displaySha256: 'b'.repeat(64),
  storedFailure: null,
  failure: null,
};

function recordOf(change: Partial<Inspection['object']>, pictures: Inspection['pictures'] = null): InspectRecord {
  const pipeline = { outcome: 'accepted', reason: null, detail: '', withUncleanedPixels: null } as const;
  const object = { ...OBJECT, ...change };
  const inspection = { sizeBytes: 9, sha256: 'c'.repeat(64), object, pipeline, pictures, notIndexable: null };
  return inspectedRecord(TARGET, inspection, new Map());
}

const findings = (count: number): Inspection['object']['findings'] =>
  Array.from({ length: count }, (_, i) => ({
    code: 'group-length',
    offset: i,
    tag: '(0008,0000)',
    keyword: '',
    meaning:
      'A group length, which is ignored, told in a sentence that is longer than one line of the terminal is wide.',
  }));

describe('many findings', () => {
  it('of a kind are explained once, a dozen places named, the others counted', () => {
    const text = inspectText(recordOf({ findings: findings(30) }), 80);
    expect(text.match(/A group length/g)).toHaveLength(1);
    expect(text.match(/\(0008,0000\)/g)).toHaveLength(12);
    expect(text).toContain('… and 18 more');
  });

  it('are bounded in JSON, and counted', () => {
    const line = JSON.parse(jsonLine(recordOf({ findings: findings(5000) }))) as {
      object: { findings: { offsetHex: string }[]; findingCount: number };
    };
    expect([line.object.findings.length, line.object.findingCount]).toEqual([1000, 5000]);
    expect(line.object.findings[255]?.offsetHex).toBe('0x000000ff');
  });
});

it('lines keep to the width, words of a digest excepted', () => {
  const rejection = { reason: 'malformed', detail: 'A sentence '.repeat(30).trim(), offset: 1 } as const;
  const text = inspectText(recordOf({ findings: findings(3), rejection }), 80);
  for (const line of text.split('\n')) expect(line.length <= 80 || /[0-9a-f]{64}$/.test(line)).toBe(true);
});

describe('what counts as not readable', () => {
  const failed = (reason: 'decode-failed' | 'unsupported-transfer-syntax'): InspectRecord =>
    recordOf(
      {},
      {
        total: 1,
        frames: [{ ...FRAME, failure: { reason, detail: 'd' } }],
        displaySha256: null,
        failure: null,
        untried: 0,
      },
    );

  it.each([
    ['a sound object', recordOf({}), false],
    ['a refused one', recordOf({ rejection: { reason: 'truncated', detail: 'd', offset: 0 } }), true],
    ['a damaged frame', failed('decode-failed'), true],
    ['a syntax that is not decoded', failed('unsupported-transfer-syntax'), false],
    ['what cannot be opened', unseenRecord('x', 'missing'), true],
    ['a DICOMDIR', recordOf({ kind: 'dicomdir' }), false],
  ])('%s', (_, record, expected) => {
    expect(isShort(record)).toBe(expected);
  });
});
