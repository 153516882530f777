import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import { expect, test } from 'vitest';
import { sentenceOf } from './sentence.ts';

const wrong = (count: number) =>
  new BatonError('validation_error', `${count} fields are not valid.`, {
    problems: Array.from({ length: count }, (_, n) => ({ path: `/f${n + 1}`, message: 'is missing' })),
  });

test('one problem is told as it is, several are told one by one, and of many the first', () => {
  expect(sentenceOf(invalidField('limit', 'must be <= 100'))).toBe('limit: must be <= 100');
  expect(sentenceOf(new BatonError('not_found', 'There is no such resource.'))).toBe('There is no such resource.');
  expect(sentenceOf(wrong(2))).toBe('/f1 is missing. /f2 is missing.');
  expect(sentenceOf(wrong(7))).toBe('/f1 is missing. /f2 is missing. /f3 is missing. /f4 is missing. /f5 is missing. And 2 more.');
});
