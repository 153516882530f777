import { expect, test } from 'vitest';
import type { MessageRow } from '../../support/judge/checker.ts';
import { judgeTakeovers, type Takeover } from './promise.ts';

const takeover: Takeover = { conversationId: 'c1', address: '+1', answeredAt: 100, gaveBackAt: 200, named: ['m2'] };
const row = (id: string, text: string, author = 'ai') => ({ message_id: id, conversation_id: 'c1', text, author }) as MessageRow;
const messages = [row('m1', 'one'), row('m2', 'two'), row('m3', 'three', 'human')];
const call = (text: string, at: number, to = '+1', wholeAt = at) => ({ to, text, at, wholeAt });

test('an AI message that a provider is asked to send between acknowledgement and hand-back breaks the promise', () => {
  const { breaches } = judgeTakeovers([takeover], [call('one', 101)], messages);
  expect(breaches).toEqual([expect.stringContaining('m1 of c1')]);
});

test('before and after it may be sent, and what was named may be, and what a person wrote', () => {
  const calls = [call('one', 100), call('one', 200), call('two', 150), call('three', 150), call('one', 150, '+2')];
  expect(judgeTakeovers([takeover], calls, messages)).toEqual({ breaches: [], named: [50] });
});

test('a call that had begun and was not whole counts as under way, and must be named', () => {
  expect(judgeTakeovers([takeover], [call('one', 99, '+1', 103)], messages).breaches).toHaveLength(1);
  expect(judgeTakeovers([takeover], [call('two', 99, '+1', 103)], messages)).toEqual({ breaches: [], named: [3] });
});

test('a conversation that is never given back stays silent', () => {
  expect(judgeTakeovers([{ ...takeover, gaveBackAt: Infinity }], [call('one', 9_999)], messages).breaches).toHaveLength(1);
});
