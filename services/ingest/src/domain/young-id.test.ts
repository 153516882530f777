import { idFromUuid } from '@baton/contracts/ids.ts';
import { expect, test } from 'vitest';
import { isYoungAccountId } from './young-id.ts';

const made = Date.parse('2026-05-15T14:32:01.123Z');
const hex = made.toString(16).padStart(12, '0');
const id = idFromUuid('channelAccount', `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`);

test('an id is young for ten seconds, also to a clock that is behind', () => {
  expect(isYoungAccountId(id, made)).toBe(true);
  expect(isYoungAccountId(id, made + 9_999)).toBe(true);
  expect(isYoungAccountId(id, made - 5_000)).toBe(true);
  expect(isYoungAccountId(id, made + 10_000)).toBe(false);
});

test('what is no id of a channel account is never young', () => {
  expect(isYoungAccountId('chn_0', made)).toBe(false);
  expect(isYoungAccountId(id.replace('chn_', 'msg_'), made)).toBe(false);
});
