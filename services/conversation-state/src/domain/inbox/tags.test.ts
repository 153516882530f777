import { expect, test } from 'vitest';
import { maxTags, normalTag, normalTags, replaceTag, withTags } from './tags.ts';

test('a tag has one spelling, and letter case counts', () => {
  expect(normalTag('  late \t delivery\n')).toBe('late delivery');
  expect(normalTag('cafe\u0301')).toBe('caf\u00e9');
  expect(normalTag('VIP')).toBe('VIP');
  expect(normalTag('😀'.repeat(100))).toBe('😀'.repeat(100));
});

test('nothing, too much and what no database stores can be no tag', () => {
  for (const text of ['', ' \n', 'x'.repeat(101), 'a\u0000b', '\ud800']) expect(normalTag(text)).toBeUndefined();
  expect(normalTags(['a', ' a', 'b'])).toEqual(['a', 'b']);
  expect(normalTags(['a', ' '])).toBeUndefined();
});

test('an AI adds tags up to the limit, and what was there stays', () => {
  expect(withTags(['a'], ['b ', '', 'a', 'b'])).toEqual(['a', 'b']);
  const full = Array.from({ length: maxTags }, (_, i) => `t${i}`);
  expect(withTags(full.slice(1), ['x', 'y'])).toEqual([...full.slice(1), 'x']);
  expect(withTags([...full, 'beyond'], ['x'])).toEqual([...full, 'beyond']);
});

test('a tag is renamed in its place, merged into one that is there, or taken away', () => {
  expect(replaceTag(['a', 'b', 'c'], 'b', 'x')).toEqual(['a', 'x', 'c']);
  expect(replaceTag(['a', 'b', 'c'], 'b', 'c')).toEqual(['a', 'c']);
  expect(replaceTag(['a', 'b'], 'b', null)).toEqual(['a']);
  expect(replaceTag(['a'], 'b', 'c')).toEqual(['a']);
});
