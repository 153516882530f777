import { expect, test } from 'vitest';
import { shownRequest, shownTarget } from './shown-url.ts';

test('a span shows of what we ask only whom', () => {
  expect(shownTarget('https://api.telegram.org')).toEqual({
    'url.path': '/REDACTED',
    'url.full': 'https://api.telegram.org/REDACTED',
    'url.query': 'REDACTED',
  });
});

const conversation = 'conv_01k9qg3v5e7h2m4n6p8r0s2t4v';

test.each([
  ['/v1/conversations', '/v1/conversations'],
  [`/v1/conversations/${conversation}/messages`, `/v1/conversations/${conversation}/messages`],
  [
    '/dialects/partner/conversations/0199f6d1-0b2c-7def-8a3b-4c5d6e7f8091',
    '/dialects/partner/REDACTED/0199f6d1-0b2c-7def-8a3b-4c5d6e7f8091',
  ],
  ['/v1/opt-outs/%2B4915112345678', '/v1/opt-outs/REDACTED'],
  ['/v1/opt-outs/+4915112345678/history', '/v1/opt-outs/REDACTED/REDACTED'],
  ['/v1/tags/ada.lovelace', '/v1/tags/REDACTED'],
  ['/v1/pk_live_SecretKey', '/v1/REDACTED'],
  [`/v1/conversations/${conversation}Secret`, '/v1/conversations/REDACTED'],
  ['/', '/'],
])('of the path %s it shows %s', (path, shown) => {
  expect(shownRequest(path, {})).toEqual({ 'url.path': shown });
});

test('a query and a browser are there, and no more of them', () => {
  expect(shownRequest('/v1/stream?token=secret?x', { 'user-agent': 'Ada’s browser' })).toEqual({
    'url.path': '/v1/stream',
    'url.query': 'REDACTED',
    'user_agent.original': 'REDACTED',
  });
});
