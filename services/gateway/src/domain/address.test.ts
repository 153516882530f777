import { expect, test } from 'vitest';
import { anyAddress, normalAddress, ownAddress } from './address.ts';

test('a phone number is brought to E.164, so that SMS and WhatsApp thread together', () => {
  expect(normalAddress('sms', '+1 (415) 555-0100')).toBe('+14155550100');
  expect(normalAddress('whatsapp', 'whatsapp:+14155550100')).toBe('+14155550100');
});

test('what can not be an address of the channel is refused', () => {
  expect(normalAddress('sms', '4155550100')).toBeUndefined();
  expect(normalAddress('sms', '+0123456789')).toBeUndefined();
  expect(normalAddress('email', 'nobody')).toBeUndefined();
  expect(normalAddress('web', ' ')).toBeUndefined();
  expect(normalAddress('telegram', 'a\nb')).toBeUndefined();
});

test('an address of no particular channel is brought to the spelling that it threads by', () => {
  expect(anyAddress('+1 (415) 555-0100')).toBe('+14155550100');
  expect(anyAddress('whatsapp:+14155550100')).toBe('+14155550100');
  expect(anyAddress(' Ada@Example.COM ')).toBe('ada@example.com');
  expect(anyAddress('@ada')).toBe('@ada');
  expect(anyAddress('visitor-7')).toBe('visitor-7');
  expect(anyAddress('+0')).toBeUndefined();
  expect(anyAddress(' ')).toBeUndefined();
});

test('we may write by SMS under a short code or a name, but on WhatsApp only under a number', () => {
  expect(ownAddress('sms', ' BATON ')).toBe('BATON');
  expect(ownAddress('sms', '12345')).toBe('12345');
  expect(ownAddress('sms', '+1 415 555 0100')).toBe('+14155550100');
  expect(ownAddress('whatsapp', 'BATON')).toBeUndefined();
});
