import { BatonError } from '@baton/errors/baton-error.ts';
import { expect, test } from 'vitest';
import { createVisitorRates } from './visitor-rates.ts';

test('a burst is taken at once, then as many as the rate allows, and one name never takes of another', () => {
  let now = 0;
  const rates = createVisitorRates(() => now);
  const rate = { messages: 60, seconds: 60, burst: 3 };
  const taken = (name: string): number | true => {
    try {
      rates.take(name, rate);
      return true;
    } catch (error) {
      return (error as BatonError).retryAfterSeconds!;
    }
  };
  expect([taken('a'), taken('a'), taken('a'), taken('a'), taken('b')]).toEqual([true, true, true, 1, true]);
  now = 999;
  expect(taken('a')).toBe(1);
  now = 1001;
  expect([taken('a'), taken('a')]).toEqual([true, 1]);
  now = 3_600_000;
  expect([taken('a'), taken('a'), taken('a'), taken('a')]).toEqual([true, true, true, 1]);
  expect(() => rates.take('a', rate)).toThrow(BatonError);
});
