/** Answers and errors in the shapes that were seen on the wire; fake: no server. */
import { describe, expect, it } from '@jest/globals';
import { indexFault } from '../case-index.errors.ts';
import { judge, unwrap } from './milvus-answers.ts';

const thrownBy = (answer: object): unknown => {
  try {
    unwrap(answer);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('answers of a Milvus server', () => {
  it.each([
    [{ error_code: 'Success', code: 0 }],
    [{ status: { error_code: 'Success', code: 0, reason: '' }, data: [] }],
  ])('%j is success', (answer) => {
    expect(unwrap(answer)).toBe(answer);
  });

  it.each([
    ['what the SDK makes of a call the server does not know', {}],
    ['an answer with an empty status', { status: {} }],
    ['Lite, which sets only the number', { status: { error_code: 'Success', code: 6, reason: 'x' } }],
    ['Lite, with a numeric name', { status: { error_code: 6, code: 6, reason: 'x' } }],
    ['an old server, which sets only the name', { status: { error_code: 'UnexpectedError', code: 0, reason: 'x' } }],
  ])('%s is failure', (_, answer) => {
    expect(thrownBy(answer)).toBeInstanceOf(Error);
  });

  it('are not quoted: a reason may hold the filter', () => {
    const reason = 'cannot parse study_key == "pseudonym-of-a-study"';
    const error = thrownBy({ status: { error_code: 'UnexpectedError', code: 1100, reason } });
    const { fault } = judge(error);
    expect(`${fault.message} ${String(fault.cause)} ${String(error)}`).not.toContain('pseudonym');
    expect(fault.code).toBe('INDEX_SERVER_FAULT');
  });
});

describe('what is done about a failure', () => {
  const status = (code: number, reason = ''): unknown => thrownBy({ status: { error_code: 'X', code, reason } });
  const transport = (code: number): unknown => Object.assign(new Error('grpc'), { code, details: 'why' });

  it.each([
    ['not loaded (101)', status(101), 'INDEX_SERVER_FAULT', 'until-deadline', true],
    ["Lite's released collection", status(6, "state 'released'"), 'INDEX_SERVER_FAULT', 'until-deadline', true],
    ['rate limit (8)', status(8), 'INDEX_BUSY', 'until-deadline', false],
    ['not ready (1)', status(1), 'INDEX_SERVER_FAULT', 'until-deadline', false],
    ['bad parameter (1100)', status(1100), 'INDEX_SERVER_FAULT', 'never', false],
    ['unreachable', transport(14), 'INDEX_UNREACHABLE', 'until-deadline', false],
    ['deadline', transport(4), 'INDEX_DEADLINE', 'until-deadline', false],
    ['exhausted', transport(8), 'INDEX_BUSY', 'until-deadline', false],
    ['no rights', transport(7), 'INDEX_DENIED', 'never', false],
    ['wrong password', transport(16), 'INDEX_DENIED', 'never', false],
    ['internal', transport(13), 'INDEX_SERVER_FAULT', 'now-and-then', false],
    ["the SDK's TypeError", new TypeError("reading 'scores'"), 'INDEX_BAD_ANSWER', 'now-and-then', false],
    ['an own fault', indexFault('INDEX_SPACE_MISMATCH'), 'INDEX_SPACE_MISMATCH', 'never', false],
  ])('%s', (_, error, code, retry, reload) => {
    expect(judge(error)).toMatchObject({ fault: { code }, retry, reload });
  });
});
