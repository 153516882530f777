import type { Channel } from '@baton/contracts/vocabulary.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { after, noon } from '../../../test/pure/rows.ts';
import { canSendFreeForm, windowAfter, windowFoundClosed } from './window.ts';

const hour = 3_600_000;
const opened = (channel: Channel) => ({ channel, window_expires_at: windowAfter(channel, noon, noon) });

test('the window is open until 24 hours after the customer wrote, and shut at that very moment', () => {
  for (const author of ['ai', 'human'] as const) {
    expect(canSendFreeForm(opened('whatsapp'), author, after(24 * hour - 1))).toBe(true);
    expect(canSendFreeForm(opened('whatsapp'), author, after(24 * hour))).toBe(false);
  }
});

test.each(['facebook', 'instagram'] as const)('on %s a person may answer for seven days, a program for one', (channel) => {
  expect(canSendFreeForm(opened(channel), 'human', after(7 * 24 * hour - 1))).toBe(true);
  expect(canSendFreeForm(opened(channel), 'human', after(7 * 24 * hour))).toBe(false);
  for (const author of ['ai', 'sequence', 'system'] as const)
    expect(canSendFreeForm(opened(channel), author, after(24 * hour))).toBe(false);
});

test.each(['whatsapp', 'facebook', 'instagram'] as const)('a customer who never wrote on %s gets no free text', (channel) => {
  expect(canSendFreeForm({ channel, window_expires_at: null }, 'human', noon)).toBe(false);
});

test.each(['sms', 'telegram', 'email', 'web'] as const)('%s has no window', (channel) => {
  expect(windowAfter(channel, noon, noon)).toBeNull();
  expect(canSendFreeForm({ channel, window_expires_at: null }, 'ai', noon)).toBe(true);
});

test('a provider’s clock can shorten the window, never lengthen it', () => {
  fc.assert(
    fc.property(fc.integer({ min: -24 * hour, max: 24 * hour }), (lag) => {
      const expires = windowAfter('whatsapp', after(lag), noon)!.getTime();
      expect(expires).toBeLessThanOrEqual(noon.getTime() + 24 * hour);
      if (lag <= 0) expect(expires).toBe(noon.getTime() + lag + 24 * hour);
    }),
  );
});

test('a refusal as too late ends the window when the message was made, unless the customer has written since', () => {
  const expires = windowAfter('whatsapp', noon, noon);
  const message = { channel: 'whatsapp', author: 'ai', created_at: after(hour) } as const;
  expect(windowFoundClosed(expires, message)).toEqual(after(hour));
  expect(windowFoundClosed(expires, { ...message, created_at: after(-1) })).toBeNull();
  expect(windowFoundClosed(expires, { ...message, channel: 'sms' })).toBeNull();
});

test('a person who was refused as too late has used up the longer time as well', () => {
  const expires = windowAfter('facebook', noon, noon);
  const message = { channel: 'facebook', author: 'human', created_at: after(48 * hour) } as const;
  const end = windowFoundClosed(expires, message);
  expect(canSendFreeForm({ channel: 'facebook', window_expires_at: end }, 'human', after(48 * hour))).toBe(false);
});
