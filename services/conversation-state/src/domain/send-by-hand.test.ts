import { expect, test } from 'vitest';
import { after, agentRow, conversationRow, finish, newTestLedger, noContext } from '../../test/pure/rows.ts';
import type { ConversationRow } from './rows.ts';
import { type HandDraft, sendByHand } from './send-by-hand.ts';

const draft: HandDraft = {
  author: 'human',
  text: 'Hello',
  attachments: [],
  template: null,
  senderName: 'Kim',
  metadata: {},
  takeover: true,
  actor: { kind: 'user', id: 'user_a' },
};
const template = { name: 'reminder', language_code: 'en', parameters: [] };

function send(row: Partial<ConversationRow>, more: Partial<HandDraft> = {}, optedOut = false) {
  const ledger = newTestLedger();
  const state = {
    conversation: conversationRow(row),
    agent: agentRow({ takeover_timeout_seconds: 60 }),
    provider: 'twilio' as const,
    optedOut,
    modeContext: { ...noContext, agentTimeoutSeconds: 60 },
  };
  return { sent: sendByHand(ledger, state, { ...draft, ...more }), changes: finish(ledger).changes };
}

test('writing by hand takes the conversation over, for the agent’s time', () => {
  const { sent, changes } = send({ unread: true });
  expect(sent).toMatchObject({
    mode: { changed: true, from: 'ai', to: 'human' },
    message: { author: 'human', sender_name: 'Kim', mode_epoch: 2 },
  });
  expect(changes.conversationUpdates).toMatchObject([{ ai_mode: 'human', takeover_expires_at: after(60_000), unread: false }]);
});

test('written without takeover it leaves the AI where it is', () => {
  expect(send({}, { takeover: false }).sent).toMatchObject({ mode: { changed: false, to: 'ai' } });
});

test.each([
  ['conversation_closed', { ai_mode: 'closed', closed_at: after(0) }, false],
  ['recipient_opted_out', {}, true],
  ['window_expired', { channel: 'whatsapp', window_expires_at: after(0) }, false],
] as const)('%s refuses it, and nothing is changed', (code, row, optedOut) => {
  const { sent, changes } = send(row, {}, optedOut);
  expect(sent).toEqual({ code });
  expect(changes).toMatchObject({ messages: [], conversationUpdates: [], events: [] });
});

test('a template passes outside the window, not to somebody who opted out', () => {
  const outside = { channel: 'whatsapp', window_expires_at: after(0) } as const;
  expect(send(outside, { template }).sent).toMatchObject({ message: { template } });
  expect(send(outside, { template }, true).sent).toEqual({ code: 'recipient_opted_out' });
});

test('a text that is too long for one message becomes several, none of which is cut off by the takeover that it is', () => {
  const text = 'Ten signs. '.repeat(200).trim();
  const { sent, changes } = send({}, { text });
  expect(sent).toMatchObject({ message: { sequence: 1, mode_epoch: 2 }, further: [{ sequence: 2, mode_epoch: 2, sender_name: 'Kim' }] });
  expect(changes.messages.map((message) => message.text).join(' ')).toBe(text);
  expect(changes.conversationUpdates).toMatchObject([{ message_count: 2 }]);
});

test('what the channel cannot carry is refused by the field, and nothing is changed', () => {
  const { sent, changes } = send({}, { text: 'Long. '.repeat(3000) });
  expect(sent).toMatchObject({ code: 'content_unsupported', faults: [{ path: '/body' }] });
  expect(changes).toMatchObject({ messages: [], conversationUpdates: [], modeHistory: [] });
});
