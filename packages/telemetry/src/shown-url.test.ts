import { expect, test } from 'vitest';
import { shownUrl } from './shown-url.ts';

test('a span shows neither a query nor the token that Telegram has in the path', () => {
  for (const path of [
    '/bot123456:AAH-secret_x/sendMessage',
    '/file/bot123456:AAH-secret_x/photos/a.jpg',
    '/bot123456:AAH-secret_x/getFile?file_id=secret',
  ]) {
    const shown = shownUrl('https://api.telegram.org', path);
    expect(JSON.stringify(shown)).not.toContain('secret');
    expect(shown['url.full']).toMatch(/^https:\/\/api\.telegram\.org\//);
  }
  expect(shownUrl('https://x', '/v1/a?token=secret')).toEqual({
    'url.path': '/v1/a',
    'url.full': 'https://x/v1/a?REDACTED',
    'url.query': 'REDACTED',
  });
  expect(shownUrl('https://x', '/v1/robots/botany')).toEqual({});
});
