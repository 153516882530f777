import { expect, test } from 'vitest';
import { epochsOf, namesTag } from './entity-tag.ts';

test.each([
  ['*', 'any'],
  [' * ', 'any'],
  ['"3"', [3]],
  ['W/"3"', [3]],
  ['3', [3]],
  ['"3-Zm9v"', [3]],
  ['"1", W/"2-abc","12"', [1, 2, 12]],
  ['"x", "7"', [7]],
  ['nonsense', []],
  ['"3x"', []],
  ['"9999999999"', []],
  ['', []],
])('If-Match: %s names %j', (header, epochs) => {
  expect(epochsOf(header)).toEqual(epochs);
});

test.each([
  ['"a"', true],
  ['W/"a"', true],
  ['"b", "a"', true],
  ['*', true],
  ['"A"', false],
  ['a', false],
  ['"ab"', false],
])('If-None-Match: %s names the tag "a": %j', (header, named) => {
  expect(namesTag(header, 'a')).toBe(named);
});
