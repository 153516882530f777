import { expect, test } from 'vitest';
import { retryDelaysMs, retryIn } from './schedule.ts';

const after = (attempts: number, more: { retryAfterMs?: number; random?: number } = {}) =>
  retryIn({ attempts, delaysMs: retryDelaysMs, retryAfterMs: more.retryAfterMs, random: more.random ?? 0 });

test('pauses are 5 s, 30 s, 2 min, 10 min, 30 min, 2 h, 6 h, 12 h, and then there are no more', () => {
  expect(Array.from({ length: 9 }, (_, i) => after(i + 1))).toEqual([
    5000,
    30_000,
    120_000,
    600_000,
    1_800_000,
    7_200_000,
    21_600_000,
    43_200_000,
    undefined,
  ]);
});

test('up to a fifth is added, so that what failed together does not come back together', () => {
  expect(after(1, { random: 1 })).toBe(6000);
});

test('Retry-After is never undercut, and not followed for longer than a day', () => {
  expect(after(1, { retryAfterMs: 60_000 })).toBe(60_000);
  expect(after(2, { retryAfterMs: 1000 })).toBe(30_000);
  expect(after(1, { retryAfterMs: 1e12 })).toBe(86_400_000);
});
