import { expect, test } from 'vitest';
import { idFromUuid, isId, lowestId, newId, uuidOfId } from './ids.ts';

test('ids sort in the order they were made, also those of one millisecond', () => {
  const ids = Array.from({ length: 5000 }, () => newId('dispatch'));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(isId('dispatch', id)).toBe(true);
});

test('an id and its UUID name each other, and only the right kind of id has one', () => {
  const uuid = '0193f7a0-7c11-7abc-8def-0123456789ab';
  const id = idFromUuid('message', uuid.toUpperCase());
  expect(uuidOfId('message', id)).toBe(uuid);
  expect(uuidOfId('conversation', id)).toBeUndefined();
  expect(isId('message', `${id}x`)).toBe(false);
});

test('the lowest id of a time sorts before every id made then or later, and after those of before', () => {
  const before = newId('delivery');
  const lowest = lowestId('delivery', new Date(Date.now() + 1000));
  expect(before < lowest).toBe(true);
  expect(lowestId('delivery', new Date(Date.now() - 1000)) < newId('delivery')).toBe(true);
  expect(isId('delivery', lowest)).toBe(true);
});
