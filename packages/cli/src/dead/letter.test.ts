import { expect, test } from 'vitest';
import { withoutQuotes } from './letter.ts';

test('what an error quotes is left out', () => {
  expect(withoutQuotes('Unexpected token \'h\', "hello, I am Ada" is not valid JSON')).toBe(
    'Unexpected token \'h\', "…" is not valid JSON',
  );
  expect(withoutQuotes('Unexpected token, ..."am \\"Ada\\" and"... is not valid JSON')).toBe(
    'Unexpected token, ..."…"... is not valid JSON',
  );
  expect(withoutQuotes('cut off in "the middle')).toBe('cut off in "…"');
  expect(withoutQuotes('the account does not exist')).toBe('the account does not exist');
});
