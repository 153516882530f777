import { expect, test } from 'vitest';
import { isNewEnough, parseNatsVersion } from './version.ts';

test('the version line of nats-server is read', () => {
  expect(parseNatsVersion('nats-server: v2.15.1\n')).toEqual([2, 15, 1]);
  expect(parseNatsVersion('nats-server: v2.10.27-debian')).toEqual([2, 10, 27]);
  expect(parseNatsVersion('nats-server version 0.8.0')).toBeUndefined();
  expect(parseNatsVersion('postgres (PostgreSQL) 18.4')).toBeUndefined();
});

test('2.10.0 is new enough and 2.9.25 is not', () => {
  expect(isNewEnough([2, 10, 0])).toBe(true);
  expect(isNewEnough([3, 0, 0])).toBe(true);
  expect(isNewEnough([2, 15, 1])).toBe(true);
  expect(isNewEnough([2, 9, 25])).toBe(false);
  expect(isNewEnough([1, 99, 0])).toBe(false);
});
