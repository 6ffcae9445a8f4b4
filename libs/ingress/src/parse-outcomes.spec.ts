import { describe, expect, it } from '@jest/globals';
import { parseOutcomes } from '@precedent/ingress';

// Real: the CSV parser. Fake: the outcomes.

const thrownBy = (csv: Buffer | string): unknown => {
  try {
    return parseOutcomes(csv);
  } catch (error) {
    return error;
  }
};

describe('outcomes CSV', () => {
  it('takes quoted fields, a byte order mark and empty lines; names lines without a study UID', () => {
    const csv = '\ufeffstudy_instance_uid,diagnosis\r\n1.2.3,"a, ""b""\r\nc"\r\n\r\n,x\r\n';
    const { lines, skipped } = parseOutcomes(Buffer.from(csv));
    expect(lines.map((line) => [line.studyInstanceUid, line.columns.diagnosis])).toEqual([['1.2.3', 'a, "b"\r\nc']]);
    expect(skipped).toEqual([3]);
  });

  it('takes a header alone: an archive may have no outcome yet', () => {
    expect(parseOutcomes('study_instance_uid,diagnosis\n')).toEqual({ lines: [], skipped: [] });
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'study_instance_uid'],
    ['a header without the key column', 'patient,diagnosis\n', 'study_instance_uid'],
    ['lines without the key column', 'patient,diagnosis\nJ,x\n', 'study_instance_uid'],
    ['a text of one line', 'no table at all', 'study_instance_uid'],
    ['unequal columns', 'study_instance_uid,a\n1.2,3,4\n', 'equal columns'],
    ['an open quote', 'study_instance_uid,a\n1.2,"3\n', 'quoting'],
    ['Latin-1', Buffer.from('study_instance_uid,diagnosis\n1.2,Fraktur gel\u00f6st\n', 'latin1'), 'UTF-8'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'UTF-8'],
  ])('refuses %s with a sentence that says what to do', (_, csv, says) => {
    expect(thrownBy(csv)).toMatchObject({
      code: 'OUTCOMES_INVALID',
      message: expect.stringContaining(says) as unknown,
    });
  });
});
