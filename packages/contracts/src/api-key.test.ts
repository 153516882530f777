import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { apiKeyOf, base62, isApiKey, secretBytes } from './api-key.ts';

test('a key has its prefix and 32 base62 characters, the last six of which check the others', () => {
  const key = apiKeyOf('live', randomBytes(secretBytes));
  expect(key).toMatch(/^pk_live_[0-9A-Za-z]{32}$/);
  expect(isApiKey(key)).toBe(true);
  expect(isApiKey(apiKeyOf('test', randomBytes(secretBytes)))).toBe(true);
  expect(isApiKey('pk_prod_00000000000000000000000000000000')).toBe(false);
  expect(isApiKey(`${key.slice(0, -1)}\n`)).toBe(false);
});

test('the checksum is that of the published format', () => {
  expect(
    apiKeyOf(
      'live',
      Uint8Array.from({ length: 64 }, (_, i) => i),
    ),
  ).toBe('pk_live_0123456789ABCDEFGHIJKLMNOP49O6qD');
});

test('one wrong, missing or swapped letter, or another prefix, makes it no key', () => {
  for (let round = 0; round < 50; round++) {
    const key = apiKeyOf('live', randomBytes(secretBytes));
    for (let i = 8; i < key.length; i++) {
      const wrong = key[i] === 'x' ? 'y' : 'x';
      expect(isApiKey(key.slice(0, i) + wrong + key.slice(i + 1))).toBe(false);
    }
    expect(isApiKey(key.replace('pk_live_', 'pk_test_'))).toBe(false);
    expect(isApiKey(key.slice(0, -1))).toBe(false);
  }
});

test('bytes that would make some letters likelier are passed over', () => {
  expect(
    base62(
      Uint8Array.from({ length: 64 }, (_, i) => (i < 32 ? 255 : i - 32)),
      32,
    ),
  ).toBe('0123456789ABCDEFGHIJKLMNOPQRSTUV');
});
