import { expect, test } from 'vitest';
import { Places } from './places.ts';

const places = () => new Places({ total: 10, perEndpoint: 4, failuresBeforeDoubt: 2 });
const fail = (held: Places, id: string, times: number) => {
  for (let i = 0; i < times; i++) {
    held.take(id);
    held.leave(id, true);
  }
};

test('each endpoint has places of its own', () => {
  const held = places();
  for (let i = 0; i < 4; i++) held.take('hanging');
  expect(held.free('hanging')).toBe(0);
  expect(held.free('other')).toBe(4);
});

test('there are never more than all', () => {
  const held = places();
  for (const id of ['a', 'b']) for (let i = 0; i < 4; i++) held.take(id);
  expect(held.free('c')).toBe(2);
});

test('an endpoint that keeps failing has one place until it answers well', () => {
  const held = places();
  fail(held, 'bad', 2);
  expect(held.free('bad')).toBe(1);
  held.take('bad');
  expect(held.free('bad')).toBe(0);
  held.leave('bad', false);
  expect(held.free('bad')).toBe(4);
});

test('endpoints that keep failing get half of all places together', () => {
  const held = places();
  const bad = Array.from({ length: 7 }, (_, i) => `bad-${i}`);
  for (const id of bad) fail(held, id, 2);
  for (const id of bad) if (held.free(id) > 0) held.take(id);
  expect(held.taken).toBe(5);
  expect(held.free('good')).toBe(4);
  held.leave('bad-0', false);
  expect(held.free('bad-6')).toBe(1);
});

test('a place given back unused says nothing about the endpoint', () => {
  const held = places();
  fail(held, 'bad', 2);
  held.take('bad');
  held.leave('bad', undefined);
  expect(held.free('bad')).toBe(1);
  expect(held.taken).toBe(0);
});
