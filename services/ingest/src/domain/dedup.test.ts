import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageDedupId, receiptDedupId } from './dedup.ts';

const message = (id: string) => messageDedupId({ provider: 'http', channel_account_id: 'chn_1', provider_message_id: id });

test('plain ids stand in the dedup id as they are', () => {
  expect(message('SM123')).toBe('m:http:chn_1:SM123');
  expect(receiptDedupId({ channel_account_id: 'chn_1', provider_message_id: 'SM1', status: 'read' })).toBe('r:chn_1:SM1:read');
});

test('any two ids differ, and every one is a header value that nothing trims or folds', () => {
  const id = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(id, id, (a, b) => {
      expect(message(a)).toMatch(/^[\x21-\x7e]+$/);
      expect(message(a) === message(b)).toBe(a === b);
    }),
  );
});
