import { expect, test } from 'vitest';
import { measureSms, smsSize } from './segments.ts';

test.each([
  ['', 1, 'gsm7'],
  ['a'.repeat(160), 1, 'gsm7'],
  ['a'.repeat(161), 2, 'gsm7'],
  ['a'.repeat(306), 2, 'gsm7'],
  ['a'.repeat(307), 3, 'gsm7'],
  ['€'.repeat(80), 1, 'gsm7'],
  ['€'.repeat(81), 2, 'gsm7'],
  // 152 + one of width two does not fit into 153: the character moves to the next part whole.
  [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 3, 'gsm7'],
  ['ы'.repeat(70), 1, 'ucs2'],
  ['ы'.repeat(71), 2, 'ucs2'],
  ['ы'.repeat(134), 2, 'ucs2'],
  ['ы'.repeat(135), 3, 'ucs2'],
  ['😀'.repeat(35), 1, 'ucs2'],
  ['😀'.repeat(36), 2, 'ucs2'],
  // 66 units + one emoji of two: it does not fit into 67.
  [`${'ы'.repeat(66)}😀${'ы'.repeat(66)}`, 3, 'ucs2'],
] as const)('%j takes %i segments in %s', (text, segments, encoding) => {
  expect(smsSize('sms', text)).toEqual({ segments, encoding });
});

test('other channels do not count segments', () => {
  expect(smsSize('whatsapp', 'ы'.repeat(500))).toEqual({ segments: 1, encoding: '' });
});

test('what fits into the last segment is counted, and which characters make it dear', () => {
  expect(measureSms('')).toEqual({ segments: 1, encoding: 'gsm7', left: 160, costly: [] });
  expect(measureSms('a€')).toEqual({ segments: 1, encoding: 'gsm7', left: 157, costly: [] });
  expect(measureSms('a'.repeat(161))).toEqual({ segments: 2, encoding: 'gsm7', left: 145, costly: [] });
  expect(measureSms('şimdi ş 😀')).toEqual({ segments: 1, encoding: 'ucs2', left: 60, costly: ['ş', '😀'] });
  expect(measureSms('ы'.repeat(71))).toEqual({ segments: 2, encoding: 'ucs2', left: 63, costly: ['ы'] });
});
