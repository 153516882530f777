import { expect, test } from 'vitest';
import { isBsuid, normalizeAddress, toE164 } from './phone.ts';

test.each([
  ['whatsapp:+14155550123', '+14155550123'],
  ['+1 415-555-2671', '+14155552671'],
  ['+44 (0)20 7946 0958', '+442079460958'],
  ['nonsense', undefined],
  ['+1', undefined],
  [`+1${'5'.repeat(60)}`, undefined],
])('%s is the number %s', (raw, number) => {
  expect(toE164(raw)).toBe(number);
});

test('short codes and sender names are addresses of SMS only', () => {
  expect(normalizeAddress('sms', '72345')).toBe('72345');
  expect(normalizeAddress('sms', 'ACME')).toBe('ACME');
  expect(normalizeAddress('whatsapp', 'ACME')).toBeUndefined();
});

test('business-scoped ids are addresses of WhatsApp, exactly as they came', () => {
  expect(isBsuid('US.13491208655302741918')).toBe(true);
  expect(isBsuid('US.ENT.11815799212886844830')).toBe(true);
  expect(isBsuid('us.1')).toBe(false);
  expect(normalizeAddress('whatsapp', 'US.13491208655302741918')).toBe('US.13491208655302741918');
});

test('mail addresses are compared in lower case', () => {
  expect(normalizeAddress('email', ' Ada@Example.com ')).toBe('ada@example.com');
});
