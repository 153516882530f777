import { expect, test } from 'vitest';
import { hasTrigrams } from './term.ts';

test.each(['abc', 'привет', '你好吗', 'a b', '#7', 'ok!', 'x ab'])('«%s» has something that the index knows', (term) => {
  expect(hasTrigrams(term)).toBe(true);
});

test.each(['a', 'ab', '你好', '🍕🍕🍕', '%%%', '   ', 'a ', ''])('«%s» has nothing that the index knows', (term) => {
  expect(hasTrigrams(term)).toBe(false);
});
