import { idFromUuid } from '@baton/contracts/ids.ts';
import { expect, test } from 'vitest';
import { ageOfAccountId } from './account-age.ts';

const made = Date.parse('2026-05-15T14:32:01.123Z');
const hex = made.toString(16).padStart(12, '0');
const id = idFromUuid('channelAccount', `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`);

test('an id tells when it was made, also to a clock that is a little behind', () => {
  expect(ageOfAccountId(id, made)).toBe(0);
  expect(ageOfAccountId(id, made + 9_999)).toBe(9_999);
  expect(ageOfAccountId(id, made - 5_000)).toBe(-5_000);
  expect(ageOfAccountId(id, made - 60_000)).toBeUndefined();
});

test('what is no id of a channel account has no age', () => {
  expect(ageOfAccountId('chn_0', made)).toBeUndefined();
  expect(ageOfAccountId(id.replace('chn_', 'msg_'), made)).toBeUndefined();
});
