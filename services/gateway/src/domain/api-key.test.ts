import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { apiKeyOf, base62, isApiKey, secretBytes } from './api-key.ts';

test('a key has its prefix and 32 base62 characters', () => {
  expect(apiKeyOf('live', randomBytes(secretBytes))).toMatch(/^pk_live_[0-9A-Za-z]{32}$/);
  expect(isApiKey(apiKeyOf('test', randomBytes(secretBytes)))).toBe(true);
  expect(isApiKey('pk_prod_00000000000000000000000000000000')).toBe(false);
  expect(isApiKey('pk_live_0000000000000000000000000000000\n')).toBe(false);
});

test('bytes that would make some letters likelier are passed over', () => {
  expect(base62(Uint8Array.from({ length: 64 }, (_, i) => (i < 32 ? 255 : i - 32)))).toBe('0123456789ABCDEFGHIJKLMNOPQRSTUV');
});
