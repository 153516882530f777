import { expect, test } from 'vitest';
import { conversationCan, windowLeftMs } from './can.ts';

const now = new Date('2026-11-21T12:00:00.000Z');
const facts = { ai_mode: 'ai', opt_out: false, channel: 'sms', window_expires_at: null } as const;

test('a conversation is taken over from the AI, given back by a person, and closed once', () => {
  const human = { ...facts, ai_mode: 'human' } as const;
  const closed = { ...facts, ai_mode: 'closed' } as const;
  expect([facts, human, closed].map((c) => conversationCan.takeOver(c, 'operator'))).toEqual([true, 'alreadyHuman', 'closed']);
  expect([facts, human, closed].map((c) => conversationCan.giveBack(c, 'operator'))).toEqual(['alreadyAi', true, 'closed']);
  expect([facts, human, closed].map((c) => conversationCan.close(c, 'operator'))).toEqual([true, true, 'closed']);
});

test('who may only read is told so before anything else', () => {
  const can = [conversationCan.takeOver, conversationCan.giveBack, conversationCan.close, conversationCan.sendTemplate];
  expect(can.map((one) => one({ ...facts, ai_mode: 'closed' }, 'viewer'))).toEqual(['viewer', 'viewer', 'viewer', 'viewer']);
  expect(conversationCan.write(facts, 'viewer', now)).toBe('viewer');
});

test('nothing is written to a closed conversation, to who has opted out, or outside the window; a template passes the window', () => {
  const over = { ...facts, channel: 'whatsapp', window_expires_at: '2026-11-21T11:59:59.000Z' } as const;
  expect(conversationCan.write({ ...over, ai_mode: 'closed' }, 'owner', now)).toBe('closed');
  expect(conversationCan.write({ ...over, opt_out: true }, 'owner', now)).toBe('optedOut');
  expect(conversationCan.write(over, 'owner', now)).toBe('windowClosed');
  expect(conversationCan.sendTemplate(over, 'owner')).toBe(true);
  expect(conversationCan.sendTemplate({ ...over, opt_out: true }, 'owner')).toBe('optedOut');
});

test('the window is WhatsApp’s day, and seven for people on Messenger', () => {
  const until = '2026-11-21T13:00:00.000Z';
  expect(windowLeftMs(facts, now)).toBeUndefined();
  expect(windowLeftMs({ ...facts, channel: 'whatsapp' }, now)).toBe(0);
  expect(windowLeftMs({ ...facts, channel: 'whatsapp', window_expires_at: until }, now)).toBe(3_600_000);
  expect(windowLeftMs({ ...facts, channel: 'facebook', window_expires_at: until }, now)).toBe(3_600_000 + 6 * 86_400_000);
});
