import { expect, test } from 'vitest';
import { wholeUpTo } from './whole-up-to.ts';

test('a page ends before it grows too heavy, and never before its first', () => {
  const upTo = (weights: number[]) => wholeUpTo(weights, 10, (weight) => weight);
  expect([upTo([]), upTo([5, 5]), upTo([5, 5, 1]), upTo([20, 1]), upTo([1, 20, 1])]).toEqual([0, 2, 2, 1, 1]);
});
