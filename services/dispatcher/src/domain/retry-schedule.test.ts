import { describe, expect, it } from 'vitest';
import { nextAttemptIn, parseRetryAfter, redeliverIn, requeueIn, turnRetry } from './retry-schedule.ts';

const now = Date.parse('2026-05-15T14:32:01.000Z');
const base = { attempts: 1, retryAfterMs: undefined, nowMs: now, deadlineMs: now + 30_000, random: 1 };

describe('the next attempt of a turn', () => {
  it('waits twice as long each time, up to a limit', () => {
    const wide = { ...base, deadlineMs: now + 3_600_000 };
    expect([1, 2, 3, 4, 5].map((attempts) => nextAttemptIn({ ...wide, attempts }))).toEqual([500, 1000, 2000, 4000, 8000]);
  });

  it('takes anything between nothing and that (full jitter)', () => {
    expect(nextAttemptIn({ ...base, attempts: 3, random: 0 })).toBe(0);
    expect(nextAttemptIn({ ...base, attempts: 3, random: 0.25 })).toBe(500);
  });

  it('never comes earlier than Retry-After', () => {
    expect(nextAttemptIn({ ...base, retryAfterMs: 7000, random: 0 })).toBe(7000);
  });

  it('does not exist when it could not end before the deadline', () => {
    expect(nextAttemptIn({ ...base, deadlineMs: now + 749 })).toBeUndefined();
    expect(nextAttemptIn({ ...base, deadlineMs: now + 750 })).toBe(500);
    expect(nextAttemptIn({ ...base, retryAfterMs: 60_000 })).toBeUndefined();
  });

  it('does not exist after the last one', () => {
    expect(nextAttemptIn({ ...base, attempts: turnRetry.attempts, random: 0 })).toBeUndefined();
  });
});

describe('Retry-After', () => {
  it.each([
    ['3', 3000],
    ['0', 0],
    ['1.5', 1500],
    ['Fri, 15 May 2026 14:32:11 GMT', 10_000],
    ['Fri, 15 May 2026 14:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is %s ms', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});

describe('a message that its provider surely does not have', () => {
  it('is tried again after 1 s, 3 s, 9 s … up to 5 min', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((claim) => requeueIn(claim, 0, 1))).toEqual([
      1000, 3000, 9000, 27_000, 81_000, 243_000, 300_000, 300_000,
    ]);
  });

  it('waits at least as long as its provider asked for, and never less than half the pause', () => {
    expect(requeueIn(1, 20_000, 0)).toBe(20_000);
    expect(requeueIn(3, 0, 0)).toBe(4500);
  });
});

it('a failed signal comes again after 1 s, doubling up to 30 s', () => {
  expect([1, 2, 5, 6, 50].map((deliveries) => redeliverIn(deliveries, 1))).toEqual([1000, 2000, 16_000, 30_000, 30_000]);
});
