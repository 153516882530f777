import { expect, test } from 'vitest';
import { take } from './token-bucket.ts';

const rate = { perSecond: 10, burst: 3 };

test('a burst is allowed, then one request for each token that came', () => {
  const bucket = { tokens: 3, at: 0 };
  expect([1, 2, 3, 4].map(() => take(bucket, rate, 0).allowed)).toEqual([true, true, true, false]);
  expect(take(bucket, rate, 99).allowed).toBe(false);
  expect(take(bucket, rate, 100).allowed).toBe(true);
});

test('a refusal says when to come back', () => {
  const taken = take({ tokens: 0, at: 0 }, { perSecond: 0.5, burst: 1 }, 0);
  expect(taken).toEqual({ allowed: false, remaining: 0, resetSeconds: 2, retryAfterSeconds: 2 });
});

test('a clock that steps back neither fills nor empties the bucket', () => {
  const bucket = { tokens: 2, at: 1000 };
  expect(take(bucket, rate, 0).remaining).toBe(1);
});
