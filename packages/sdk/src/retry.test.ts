import { expect, test } from 'vitest';
import { BatonApiError, BatonConnectionError } from './errors.ts';
import { backoff, pauseBefore, type RetryPolicy } from './retry.ts';

const policy: RetryPolicy = { retries: 3, firstPauseMs: 100, longestPauseMs: 1000 };

function refused(status: number, code = 'unavailable', headers: Record<string, string> = {}): BatonApiError {
  return new BatonApiError({ status, headers: new Headers(headers) }, { code });
}

test('what only reads or carries a key is repeated after a lost connection or a passing fault, nothing else is', () => {
  for (const error of [
    new BatonConnectionError('reset'),
    refused(502),
    refused(503),
    refused(504),
    refused(409, 'idempotency_in_progress'),
  ]) {
    expect(pauseBefore(1, error, { policy, repeatable: true, chance: 1 })).toBe(100);
    expect(pauseBefore(1, error, { policy, repeatable: false, chance: 1 })).toBeUndefined();
  }
  for (const error of [
    refused(500, 'internal'),
    refused(404, 'not_found'),
    refused(409, 'conflict'),
    refused(422),
    new Error('a mistake of ours'),
  ])
    expect(pauseBefore(1, error, { policy, repeatable: true, chance: 1 })).toBeUndefined();
});

test('what was refused for its rate may be repeated whatever it is, and as late as it says', () => {
  const error = refused(429, 'rate_limited', { 'retry-after': '2' });
  expect(pauseBefore(1, error, { policy, repeatable: false, chance: 0 })).toBe(2000);
  expect(pauseBefore(1, refused(429, 'rate_limited', { 'retry-after': '3600' }), { policy, repeatable: true, chance: 0 })).toBeUndefined();
});

test('what did not arrive in time was not looked at, and may be repeated whatever it is', () => {
  expect(pauseBefore(1, refused(408, 'request_timeout'), { policy, repeatable: false, chance: 1 })).toBe(100);
});

test('pauses double up to the longest, are spread by chance, and end with the last retry', () => {
  expect([1, 2, 3, 4, 5, 6].map((attempt) => backoff(attempt, policy, 1))).toEqual([100, 200, 400, 800, 1000, 1000]);
  expect(backoff(3, policy, 0.25)).toBe(100);
  expect(pauseBefore(4, refused(503), { policy, repeatable: true, chance: 1 })).toBeUndefined();
});

test('an answer that is none of Baton’s is an error all the same', () => {
  const error = new BatonApiError({ status: 502, headers: new Headers({ 'x-request-id': 'r1' }) }, '<html>Bad gateway</html>');
  expect(error).toMatchObject({ status: 502, code: 'unknown', detail: '', errors: [], traceId: 'r1' });
});
