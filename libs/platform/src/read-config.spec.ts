import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readConfig } from '@precedent/platform';

const SCHEMA = z.strictObject({
  port: z.coerce.number().int().min(1).max(65_535),
  host: z.string().default('127.0.0.1'),
  database: z.strictObject({ passwordFile: z.string().min(1) }),
});

describe('readConfig (real: zod)', () => {
  it('lets the stronger source win, fills defaults and freezes deeply', () => {
    const database = { passwordFile: '/run/secrets/db' };
    const config = readConfig(SCHEMA, [{ port: '1' }, { port: 2, host: undefined, database }]);
    expect(config).toEqual({ port: 1, host: '127.0.0.1', database });
    expect(Object.isFrozen(config.database)).toBe(true);
  });

  it('names every problem at once, in a line each, without the values', () => {
    const read = () => readConfig(SCHEMA, [{ port: 'secret-typed-here', databas: {}, database: { passwordFile: '' } }]);
    expect(read).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(
          /port: .*\n {2}database\.passwordFile: .*\n {2}settings: .*"databas"/,
        ) as unknown,
      }),
    );
    expect(read).not.toThrow('secret-typed-here');
  });
});
