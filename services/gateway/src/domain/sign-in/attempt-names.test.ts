import { expect, test } from 'vitest';
import { attemptNames, networkOf } from './attempt-names.ts';

test('an attempt counts for the person here, the person anywhere, and the address; letter case makes nobody else of them', () => {
  const names = attemptNames('Ada@Example.com', '203.0.113.7');
  expect(names.map(({ name }) => name)).toEqual(['pair ada@example.com 203.0.113.7', 'person ada@example.com', 'place 203.0.113.7']);
  expect(names.map(({ free }) => free)).toEqual([5, 25, 100]);
  expect(names.map(({ own }) => own)).toEqual([true, true, false]);
});

test('of an IPv6 address the network counts, however it is written', () => {
  expect(networkOf('2001:db8:1:2:aaaa::1')).toBe('2001:db8:1:2::/64');
  expect(networkOf('2001:DB8:1:2::9')).toBe('2001:db8:1:2::/64');
  expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0::/64');
  expect(networkOf('::1')).toBe('0:0:0:0::/64');
  expect(networkOf('::ffff:203.0.113.7')).toBe('203.0.113.7');
});
