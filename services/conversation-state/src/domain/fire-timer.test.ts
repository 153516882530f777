import { expect, test } from 'vitest';
import { after, agentRow, conversationRow, dispatchRow, finish, messageRow, newTestLedger, noContext } from '../../test/pure/rows.ts';
import { fireTimer, type TimerState } from './fire-timer.ts';
import type { ConversationRow, TimerKind } from './rows.ts';

function fire(kind: TimerKind, row: Partial<ConversationRow>, more: Partial<TimerState> = {}, subject = 'conversation_a') {
  const ledger = newTestLedger();
  const conversation = conversationRow(row);
  const timer = { kind, subject_id: subject, workspace_id: 'workspace_a', conversation_id: 'conversation_a', due_at: after(0) };
  const state = { conversation, agent: agentRow(), provider: 'twilio' as const, optedOut: false, modeContext: noContext };
  fireTimer(ledger, timer, { ...state, dispatch: undefined, message: undefined, ...more });
  const done = finish(ledger);
  expect(done.changes.timersDone, 'a timer that fired is gone').toContainEqual({ kind, subject_id: subject });
  return done;
}

test('a takeover whose time is over goes back to the AI', () => {
  const { changes } = fire('takeover_timeout', { ai_mode: 'human', mode_epoch: 2, takeover_expires_at: after(0) });
  expect(changes.conversationUpdates).toMatchObject([{ ai_mode: 'ai', mode_epoch: 3, takeover_expires_at: null }]);
  expect(changes.modeHistory).toMatchObject([{ actor_kind: 'system', reason: 'takeover_timeout' }]);
});

test.each([
  ['it was extended', { ai_mode: 'human', takeover_expires_at: after(1) }],
  ['the AI has the conversation already', { ai_mode: 'ai', takeover_expires_at: null }],
  ['it is closed', { ai_mode: 'closed', closed_at: after(0), takeover_expires_at: null }],
] as const)('a takeover’s timer does nothing when %s', (_when, row) => {
  expect(fire('takeover_timeout', row).types).toEqual([]);
});

test('window.closing names the end of the window, and is not sent about a closed conversation', () => {
  const open = fire('window_closing', { channel: 'whatsapp', window_expires_at: after(3_600_000) });
  expect(open).toMatchObject({ types: ['window.closing'], payloads: [{ window_expires_at: after(3_600_000).toISOString() }] });
  expect(fire('window_closing', { ai_mode: 'closed', closed_at: after(0), window_expires_at: after(1) }).types).toEqual([]);
});

test('silence makes an active conversation abandoned, and leaves every other status alone', () => {
  expect(fire('silence', { status: 'active' }).changes.conversationUpdates).toMatchObject([{ status: 'abandoned', ai_mode: 'ai' }]);
  expect(fire('silence', { status: 'escalated' }).types).toEqual([]);
});

test('when no more messages come the turn may begin, at once or when the one that runs is over', () => {
  const conversation = conversationRow({ pending_dispatch_id: 'dispatch_a' });
  const dispatch = dispatchRow(conversation, { due_at: after(0) });
  const { signals, changes } = fire('debounce', conversation, { dispatch }, 'dispatch_a');
  expect(signals).toEqual(['dispatch.ready dispatch_a']);
  expect(changes.dispatchUpdates).toMatchObject([{ due_at: null }]);
  expect(fire('debounce', { ...conversation, turn_dispatch_id: 'other' }, { dispatch }, 'dispatch_a').signals).toEqual([]);
  const supersede = { dispatch, agent: agentRow({ burst: 'supersede' }) };
  expect(fire('debounce', { ...conversation, turn_dispatch_id: 'other' }, supersede, 'dispatch_a').signals).toEqual([
    'dispatch.ready dispatch_a',
  ]);
});

test('a later answer that never came fails its turn, asks for a person and says the fallback text', () => {
  const conversation = conversationRow({ turn_dispatch_id: 'dispatch_a' });
  const dispatch = dispatchRow(conversation, { outcome: 'in_flight', deferred: true, deadline_at: after(0) });
  const agent = agentRow({ fallback_text: 'One moment' });
  const { changes, types } = fire('turn_deadline', conversation, { dispatch, agent }, 'dispatch_a');
  expect(changes.dispatchUpdates).toMatchObject([{ outcome: 'failed' }]);
  expect(types).toEqual(['message.queued', 'dispatch.failed', 'conversation.handoff_requested']);
  expect(fire('turn_deadline', conversation, { dispatch: { ...dispatch, outcome: 'replied' } }, 'dispatch_a').types).toEqual([]);
});

test('a message whose wait is over is signalled, unless it is no longer queued', () => {
  const conversation = conversationRow();
  expect(fire('send_retry', conversation, { message: messageRow(conversation) }, 'message_a').signals).toEqual(['send.ready message_a']);
  const message = messageRow(conversation, { status: 'cancelled' });
  expect(fire('send_retry', conversation, { message }, 'message_a').signals).toEqual([]);
});
