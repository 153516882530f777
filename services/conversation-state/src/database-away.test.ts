import { BatonError } from '@baton/errors/baton-error.ts';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { isDatabaseAway, unavailableWithoutDatabase } from './database-away.ts';

const coded = (code: string, message = 'failed') => Object.assign(new Error(message), { code });

describe('the database is away', () => {
  it.each(['08006', '08P01', '53300', '53100', '57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'])(
    'when the code says %s',
    (code) => expect(isDatabaseAway(coded(code))).toBe(true),
  );

  it.each([
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
  ])('when pg says "%s"', (message) => expect(isDatabaseAway(new Error(message))).toBe(true));

  it('when that is the cause of what was thrown, or every address of a name refused', () => {
    expect(isDatabaseAway(new Error('the batch failed', { cause: coded('57P01') }))).toBe(true);
    expect(isDatabaseAway(new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]))).toBe(true);
  });

  it('as the driver really says it when nobody listens', async () => {
    const client = new pg.Client({ host: '127.0.0.1', port: 1, connectionTimeoutMillis: 1000 });
    client.on('error', () => undefined);
    const error = await client.connect().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(isDatabaseAway(error)).toBe(true);
  });
});

describe('the database is there', () => {
  it.each([
    // Constraint, syntax, deadlock, serialization, lock and statement time-outs, a privilege, a broken value.
    ...['23505', '42601', '40P01', '40001', '55P03', '57014', '42501', '22P02'].map((code) => coded(code)),
    new Error('unreachable'),
    new TypeError('x is not a function'),
    new AggregateError([coded('ECONNREFUSED'), new TypeError('x')]),
    new BatonError('not_found', 'There is no conversation here.', { cause: coded('ECONNRESET') }),
    'Connection terminated',
    undefined,
  ])('when the failure is another: %s', (error) => expect(isDatabaseAway(error)).toBe(false));
});

describe('a handler', () => {
  const run = (error: unknown) =>
    unavailableWithoutDatabase({ ask: async (_: string) => Promise.reject(error) })
      .ask('')
      .catch((thrown: unknown) => thrown);

  it('answers unavailable, with the reason kept as its cause and out of its words, when the database is away', async () => {
    const cause = coded('57P01', 'terminating connection due to administrator command');
    expect(await run(cause)).toMatchObject({ code: 'unavailable', retryAfterSeconds: 1, cause });
    expect(((await run(cause)) as BatonError).detail).not.toContain('administrator');
  });

  it('fails as it did when something else is wrong, and answers as it did when nothing is', async () => {
    const fault = new TypeError('x is not a function');
    expect(await run(fault)).toBe(fault);
    const handlers = unavailableWithoutDatabase({ ask: async (text: string) => `${text}!` });
    expect(await handlers.ask('yes')).toBe('yes!');
  });
});
