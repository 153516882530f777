import { expect, test } from 'vitest';
import { agentRow, conversationRow, dispatchRow, finish, newTestLedger, noContext, noon } from '../../../test/pure/rows.ts';
import type { ConversationRow, DispatchRow } from '../rows.ts';
import { dropSuggestion, type SendSuggestion, type SuggestionState, sendSuggestion, stalenessOf } from './suggestion.ts';

const suggestion = {
  messages: [
    { text: 'One', attachments: [] },
    { text: 'Two', attachments: [] },
  ],
};

function state(more: Partial<SuggestionState> & { row?: Partial<ConversationRow>; turn?: Partial<DispatchRow> } = {}): SuggestionState {
  const { row, turn, ...rest } = more;
  const conversation = conversationRow({ unread: true, ...row });
  const kept = { outcome: 'suppressed', reason: 'approval_required', mode_epoch: 1, suggestion, suggestion_status: 'open' } as const;
  const dispatch = dispatchRow(conversation, { ...kept, ...turn });
  const at = { conversation, agent: agentRow(), provider: 'twilio' as const, optedOut: false, modeContext: noContext };
  return { ...at, dispatch, newerMessage: false, ...rest };
}

const actor = { kind: 'user', id: 'usr_1' };

function send(at: SuggestionState, more: Partial<SendSuggestion> = {}) {
  const ledger = newTestLedger();
  const result = sendSuggestion(ledger, at, { actor, senderName: 'Ada', instead: undefined, allowStale: false, ...more });
  return { result, ...finish(ledger) };
}

test('while the AI has the conversation, what a person approves goes out as the AI’s under the present epoch, and the mode stays', () => {
  const { changes, types } = send(state());
  const message = { author: 'ai', sender_name: null, status: 'queued', mode_epoch: 1, dispatch_id: 'dispatch_a', parting: false };
  expect(changes.messages).toMatchObject([
    { ...message, text: 'One' },
    { ...message, text: 'Two' },
  ]);
  expect(changes.modeHistory).toEqual([]);
  expect(changes.conversationUpdates).toMatchObject([{ unread: false }]);
  expect(changes.dispatchUpdates).toMatchObject([
    {
      outcome: 'suppressed',
      suggestion_status: 'sent',
      suggestion_end: { actor_kind: 'user', actor_id: 'usr_1', at: noon.toISOString(), edited: false },
      reply_message_ids: changes.messages.map((one) => one.message_id),
    },
  ]);
  expect(types).toEqual(['message.queued', 'message.queued', 'dispatch.completed']);
});

test('while a person has the conversation it goes out as theirs', () => {
  const late = { reason: 'stale_epoch', mode_epoch: 1 };
  const { changes } = send(state({ row: { ai_mode: 'human', mode_epoch: 2 }, turn: late }));
  expect(changes.messages).toMatchObject([{ author: 'human', sender_name: 'Ada', mode_epoch: 2 }, { author: 'human' }]);
});

test('what is sent instead replaces all of it', () => {
  const { changes } = send(state(), { instead: { text: 'Better', attachments: [] } });
  expect(changes.messages).toMatchObject([{ text: 'Better', author: 'ai' }]);
  expect(changes.dispatchUpdates).toMatchObject([{ suggestion_end: { edited: true } }]);
});

test.each([
  ['was sent', { turn: { suggestion_status: 'sent' as const } }, { code: 'suggestion_settled', status: 'sent' }],
  ['answers what is no longer the last word', { newerMessage: true }, { code: 'suggestion_stale', why: 'newer_message' }],
  ['was drafted before a person had the conversation', { row: { mode_epoch: 3 } }, { code: 'suggestion_stale', why: 'mode_changed' }],
  ['has nobody to go to', { optedOut: true }, { code: 'recipient_opted_out' }],
  ['is of a closed conversation', { row: { ai_mode: 'closed' as const, closed_at: noon } }, { code: 'conversation_closed' }],
])('one that %s is refused', (_why, more, refusal) => {
  expect(send(state(more)).result).toEqual(refusal);
});

test('a stale one is sent by who insists, and a late one is not stale by its epoch alone', () => {
  const at = state({ newerMessage: true, row: { mode_epoch: 3 } });
  expect(send(at, { allowStale: true }).changes.messages).toHaveLength(2);
  const late = state({ turn: { reason: 'stale_epoch' }, row: { ai_mode: 'human', mode_epoch: 2 } });
  expect(stalenessOf(late.dispatch, late)).toBeUndefined();
});

test('a dropped one is sent no more', () => {
  const at = state();
  const ledger = newTestLedger();
  expect(dropSuggestion(ledger, at, actor)).toBeUndefined();
  expect(dropSuggestion(ledger, at, actor)).toEqual({ code: 'suggestion_settled', status: 'dropped' });
  const { changes, types } = finish(ledger);
  expect(changes.messages).toEqual([]);
  expect(types).toEqual(['dispatch.completed']);
});
