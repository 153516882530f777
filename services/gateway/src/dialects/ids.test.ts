import { newId } from '@baton/contracts/ids.ts';
import { expect, test } from 'vitest';
import { idInPath, idInQuery, idOf, uuidOf } from './ids.ts';

test('the UUID that a dialect shows is taken back as the id it stands for, in any letter case, and so is the id itself', () => {
  const id = newId('contact');
  const uuid = uuidOf('contact', id);
  expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  for (const given of [uuid, uuid.toUpperCase(), id]) expect(idOf('contact', given)).toBe(id);
});

test('a UUID that is nobody’s names an id all the same: that it does not exist is found out where ids are', () => {
  expect(idOf('conversation', '550e8400-e29b-41d4-a716-446655440000')).toMatch(/^conv_[0-7][0-9a-z]{25}$/);
});

test('what is neither does not exist in a path and is not valid in a filter', () => {
  for (const given of ['', 'x', '880b0500-...', newId('agent'), '550e8400e29b41d4a716446655440000']) {
    expect(() => idInPath('contact', 'contact', given)).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(() => idInQuery('contact', 'contactId', given)).toThrow(expect.objectContaining({ code: 'validation_error' }));
  }
  expect(idInQuery('contact', 'contactId', undefined)).toBeUndefined();
});
