import fc from 'fast-check';
import { expect, test } from 'vitest';
import { after, noon } from '../../../test/pure/rows.ts';
import { canSendFreeForm, windowAfter, windowMs } from './window.ts';

test('the window is open until 24 hours after the customer wrote, and shut at that very moment', () => {
  const at = { channel: 'whatsapp', window_expires_at: windowAfter(noon, noon) };
  expect(canSendFreeForm(at, after(windowMs - 1))).toBe(true);
  expect(canSendFreeForm(at, after(windowMs))).toBe(false);
});

test('a customer who never wrote on WhatsApp can only get a template', () => {
  expect(canSendFreeForm({ channel: 'whatsapp', window_expires_at: null }, noon)).toBe(false);
});

test.each(['sms', 'telegram', 'email', 'web'])('%s has no window', (channel) => {
  expect(canSendFreeForm({ channel, window_expires_at: null }, noon)).toBe(true);
});

test('a provider’s clock can shorten the window, never lengthen it', () => {
  fc.assert(
    fc.property(fc.integer({ min: -windowMs, max: windowMs }), (lag) => {
      const expires = windowAfter(after(lag), noon).getTime();
      expect(expires).toBeLessThanOrEqual(noon.getTime() + windowMs);
      if (lag <= 0) expect(expires).toBe(noon.getTime() + lag + windowMs);
    }),
  );
});
