import { expect, test } from 'vitest';
import { publicUrl } from './public-url.ts';

const base = 'https://in.example.com/hooks';
const forwarded = { host: 'inner:4001', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'public.example.org, inner' };

test('the configured address counts, whatever headers say', () => {
  expect(publicUrl('/p?a=%27', forwarded, { base, trustProxy: false })).toBe('https://in.example.com/hooks/p?a=%27');
});

test('behind a trusted proxy the outermost host and scheme count', () => {
  expect(publicUrl('/p', forwarded, { base, trustProxy: true })).toBe('https://public.example.org/p');
  expect(publicUrl('/p', { host: 'inner:4001', 'x-forwarded-proto': 'https' }, { base, trustProxy: true })).toBe('https://inner:4001/p');
});

test('a proxy that says nothing or nonsense leaves the configured address', () => {
  expect(publicUrl('/p', { host: 'x' }, { base, trustProxy: true })).toBe(`${base}/p`);
  expect(publicUrl('/p', { host: 'x', 'x-forwarded-proto': 'gopher' }, { base, trustProxy: true })).toBe(`${base}/p`);
});
