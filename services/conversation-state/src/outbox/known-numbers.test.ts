import { expect, test } from 'vitest';
import { KnownNumbers } from './known-numbers.ts';

test('what came is known, in whichever order and however often, each conversation’s by itself', () => {
  const known = new KnownNumbers();
  for (const number of [3, 4, 7, 8, 5, 4, 1]) known.add('c', number);
  known.add('d', 2);
  expect([1, 2, 3, 4, 5, 6, 7, 8, 9].filter((number) => known.has('c', number))).toEqual([1, 3, 4, 5, 7, 8]);
  expect([1, 2, 3].filter((number) => known.has('d', number))).toEqual([2]);
  expect(known.has('nobody', 1)).toBe(false);
});
