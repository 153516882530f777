import { expect, test } from 'vitest';
import { leaveOutNulls, spellFlags } from './leniency.ts';

test('null for a field is the field left out; what is inside a field stays', () => {
  const body = { a: null, b: 0, c: '', d: { e: null } };
  leaveOutNulls(body);
  expect(body).toEqual({ b: 0, c: '', d: { e: null } });
  const list = [null];
  leaveOutNulls(list);
  expect(list).toEqual([null]);
  for (const nothing of [undefined, null, 'null']) expect(() => leaveOutNulls(nothing)).not.toThrow();
});

test('a flag may be spelled as other languages spell it; a text that reads alike stays', () => {
  const schema = { properties: { unread: { type: 'boolean' }, query: { type: 'string' }, limit: { type: 'integer' } } };
  for (const [given, read] of Object.entries({
    True: 'true',
    FALSE: 'false',
    1: 'true',
    0: 'false',
    true: 'true',
    perhaps: 'perhaps',
    '': '',
  })) {
    const query = { unread: given, query: 'True', limit: '1' };
    spellFlags(query, schema);
    expect(query).toEqual({ unread: read, query: 'True', limit: '1' });
  }
  const twice = { unread: ['True', 'False'] };
  spellFlags(twice, schema);
  expect(twice).toEqual({ unread: ['True', 'False'] });
});
