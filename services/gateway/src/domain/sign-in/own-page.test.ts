import { expect, test } from 'vitest';
import { isFromOwnPage } from './own-page.ts';

const own = (headers: Record<string, string>) => isFromOwnPage({ host: 'inner:4000', ...headers }, 'https://baton.example.com');

test('programs say nothing, and pages of this installation name it by either address', () => {
  expect(own({})).toBe(true);
  expect(own({ origin: 'https://baton.example.com', 'sec-fetch-site': 'same-origin' })).toBe(true);
  expect(own({ origin: 'http://inner:4000' })).toBe(true);
  expect(own({ 'sec-fetch-site': 'none' })).toBe(true);
});

test('every other page is a foreign one, also a neighbour, a sandboxed one, or one whose address only begins alike', () => {
  for (const site of ['cross-site', 'same-site', '']) expect(own({ 'sec-fetch-site': site })).toBe(false);
  for (const origin of [
    'https://evil.example',
    'null',
    '',
    'http://inner:4001',
    'https://baton.example.com.evil.example',
    'http://baton.example.com',
  ])
    expect([origin, own({ origin })]).toEqual([origin, false]);
});
