import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { open, reencrypt, rewrap, seal } from './envelope.ts';
import { KeyRing } from './key-ring.ts';
import type { SealedRow, SealLabel, VaultKey } from './types.ts';

const key = (keyId: string): VaultKey => ({ keyId, secret: randomBytes(32) });
const [OLD, NEW] = [key('old'), key('new')];
const RING = new KeyRing([OLD, NEW]);
const LABEL: SealLabel = { kind: 'study', name: 'a1', patientKey: 'p1', version: 7 };
const CONTENT = { name: 'Ærøskøbing^Zoë', patientId: 'MRN-4711' };
const tampered = (row: SealedRow): void => {
  expect(() => open(row, RING)).toThrow(expect.objectContaining({ code: 'VAULT_TAMPERED' }));
};
const flipped = (bytes: Uint8Array, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at >> 3] = (copy[at >> 3] ?? 0) ^ (1 << (at & 7));
  return copy;
};

describe('a sealed row', () => {
  it('opens to what was sealed, and says nothing of it', () => {
    const row = seal(LABEL, CONTENT, NEW);
    expect(open(row, RING)).toEqual(CONTENT);
    const bytes = Buffer.concat([row.payload, row.wrappedKey]).toString('latin1');
    for (const part of ['MRN', 'Zo', 'patientId']) expect(bytes).not.toContain(part);
  });

  it('does not open with any single bit of it changed', () => {
    const row = seal(LABEL, CONTENT, NEW);
    for (let at = 0; at < row.payload.length * 8; at++) tampered({ ...row, payload: flipped(row.payload, at) });
    for (let at = 0; at < row.wrappedKey.length * 8; at++)
      tampered({ ...row, wrappedKey: flipped(row.wrappedKey, at) });
  });

  it('does not open cut short at any length', () => {
    const row = seal(LABEL, CONTENT, NEW);
    for (let length = 0; length < row.payload.length; length++)
      tampered({ ...row, payload: row.payload.subarray(0, length) });
    for (let length = 0; length < row.wrappedKey.length; length++)
      tampered({ ...row, wrappedKey: row.wrappedKey.subarray(0, length) });
  });

  it('does not open in another place: another pseudonym, kind, patient or version, with the key or without', () => {
    const row = seal(LABEL, CONTENT, NEW);
    const others: Partial<SealLabel>[] = [{ name: 'a2' }, { kind: 'patient' }, { patientKey: 'p2' }, { version: 8 }];
    for (const other of others) {
      tampered({ ...row, ...other });
      const there = seal({ ...LABEL, ...other }, { name: 'other' }, NEW);
      tampered({ ...there, payload: row.payload });
      tampered({ ...there, payload: row.payload, wrappedKey: row.wrappedKey });
      tampered({ ...there, wrappedKey: row.wrappedKey });
    }
  });

  it('does not open under another key’s name, and says so when the key is not there', () => {
    const row = seal(LABEL, CONTENT, OLD);
    tampered({ ...row, keyId: 'new' });
    expect(() => open({ ...row, keyId: 'gone' }, RING)).toThrow(expect.objectContaining({ code: 'VAULT_KEY_UNKNOWN' }));
    const impostor = new KeyRing([{ keyId: 'old', secret: randomBytes(32) }]);
    expect(() => open(row, impostor)).toThrow(expect.objectContaining({ code: 'VAULT_TAMPERED' }));
  });

  it('has a data key and nonces of its own each time', () => {
    const rows = Array.from({ length: 500 }, () => seal(LABEL, CONTENT, NEW));
    const parts = rows.flatMap(({ payload, wrappedKey }) => [
      Buffer.from(payload.subarray(0, 12)).toString('hex'),
      Buffer.from(wrappedKey.subarray(0, 12)).toString('hex'),
      Buffer.from(payload.subarray(12, 44)).toString('hex'),
    ]);
    expect(new Set(parts).size).toBe(parts.length);
  });

  it('does not tell a short name from a long one', () => {
    const length = (name: string): number => seal(LABEL, { name }, NEW).payload.length;
    expect(length('Li^Bo')).toBe(length('Wolfeschlegelsteinhausenbergerdorff^Hubert Blaine'));
  });
});

describe('taken over to the active key', () => {
  it('keeps its content and place; the payload stays when only the key is wrapped anew', () => {
    const row = seal(LABEL, CONTENT, OLD);
    const wrapped = rewrap(row, RING);
    expect(wrapped).toMatchObject({ ...LABEL, keyId: 'new', sealedUnder: 'old' });
    expect(wrapped.payload).toBe(row.payload);
    const again = reencrypt(wrapped, RING);
    expect(again).toMatchObject({ ...LABEL, keyId: 'new', sealedUnder: 'new' });
    expect(Buffer.from(again.payload).equals(Buffer.from(row.payload))).toBe(false);
    const onlyNew = new KeyRing([NEW]);
    for (const taken of [wrapped, again]) expect(open(taken, onlyNew)).toEqual(CONTENT);
    expect(() => open(row, onlyNew)).toThrow(expect.objectContaining({ code: 'VAULT_KEY_UNKNOWN' }));
  });
});
