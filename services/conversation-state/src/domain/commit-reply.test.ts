import { expect, test } from 'vitest';
import { after, agentRow, conversationRow, dispatchRow, finish, messageRow, newTestLedger, noContext, noon } from '../../test/pure/rows.ts';
import { type CommitReplyState, commitReply, type ReplyDraft, type TurnResult } from './commit-reply.ts';
import type { ConversationRow } from './rows.ts';

const draft: ReplyDraft = {
  messages: [{ text: 'Hello', attachments: [] }],
  handoff: null,
  close: false,
  tags: [],
  status: null,
  metadata: {},
};
const saying = (more: Partial<ReplyDraft> = {}): TurnResult => ({ kind: 'reply', reply: { ...draft, ...more } });
const failing: TurnResult = { kind: 'failure', error: 'status 500' };

function running(more: Partial<CommitReplyState> = {}, row: Partial<ConversationRow> = {}): CommitReplyState {
  const conversation = conversationRow({ turn_dispatch_id: 'dispatch_a', ...row });
  const dispatch = dispatchRow(conversation, { outcome: 'in_flight', mode_epoch: 1, deadline_at: after(30_000) });
  return { conversation, dispatch, agent: agentRow(), provider: 'twilio', optedOut: false, modeContext: noContext, ...more };
}

function decide(at: CommitReplyState, result: TurnResult, epoch: number | 'stored' = 1, claimant = '') {
  const ledger = newTestLedger();
  const usage = { model: 'small', input_tokens: 30, output_tokens: 4 };
  const request = { epoch: epoch === 'stored' ? undefined : epoch, result, latencyMs: 12, attempts: 2, usage, claimant };
  const decision = commitReply(ledger, at, request);
  return { decision, ...finish(ledger) };
}

test('a reply under the epoch of its turn becomes queued messages in order, and frees the conversation for the next turn', () => {
  const { decision, changes, types } = decide(running(), saying({ messages: [...draft.messages, { text: 'Again', attachments: [] }] }));
  expect(decision).toMatchObject({ kind: 'committed', outcome: 'replied', messageIds: changes.messages.map((m) => m.message_id) });
  expect(changes.messages).toMatchObject([
    { sequence: 1, text: 'Hello', status: 'queued', author: 'ai', mode_epoch: 1, dispatch_id: 'dispatch_a' },
    { sequence: 2, text: 'Again' },
  ]);
  expect(changes.conversationUpdates).toMatchObject([{ turn_dispatch_id: null, message_count: 2 }]);
  expect(changes.dispatchUpdates).toMatchObject([{ outcome: 'replied', latency_ms: 12, attempts: 2, seen: { outcome: 'in_flight' } }]);
  expect(types).toEqual(['message.queued', 'message.queued', 'dispatch.completed']);
});

test('a reply that is too long for one message becomes several, of which the first goes at once and the others behind it', () => {
  const long = 'Ten signs. '.repeat(200).trim();
  const messages = [{ text: long, attachments: [] }, ...draft.messages];
  const { decision, changes, signals } = decide(running(), saying({ messages }), 1, 'dispatcher_a');
  expect(changes.messages).toMatchObject([
    { sequence: 1, status: 'sending', segments: 11 },
    { sequence: 2, status: 'queued' },
    { sequence: 3, status: 'queued', text: 'Hello' },
  ]);
  expect([changes.messages[0]!.text, changes.messages[1]!.text].join(' ')).toBe(long);
  expect(decision).toMatchObject({ messageIds: changes.messages.map((m) => m.message_id), claimed: { sequence: 1 } });
  expect(signals).toHaveLength(2);
});

test('a reply with more files than a message of the channel takes becomes as many messages', () => {
  const file = { url: 'https://files.example.com/a.jpg', content_type: 'image/jpeg', size: 1, name: 'a.jpg' };
  const at = running({ provider: 'meta' }, { channel: 'whatsapp', window_expires_at: after(60_000) });
  const { changes } = decide(at, saying({ messages: [{ text: 'Our menu', attachments: [file, file] }] }));
  expect(changes.messages).toMatchObject([
    { text: 'Our menu', attachments: [file] },
    { text: '', attachments: [file] },
  ]);
});

test('a reply that no number of messages can carry ends its turn, names what is wrong and asks for a person', () => {
  const { changes, types } = decide(running(), saying({ messages: [...draft.messages, { text: 'Long. '.repeat(3000), attachments: [] }] }));
  expect(changes.messages).toEqual([]);
  expect(changes.dispatchUpdates).toMatchObject([
    { outcome: 'failed', error: expect.stringContaining('content_unsupported: /messages/1/body') },
  ]);
  expect(types).toEqual(['dispatch.failed', 'conversation.handoff_requested']);
});

test.each([
  ['a person has the conversation', { ai_mode: 'human', mode_epoch: 2 }],
  ['it was taken and given back meanwhile', { ai_mode: 'ai', mode_epoch: 3 }],
  ['it was closed', { ai_mode: 'closed', mode_epoch: 2, closed_at: noon }],
] as const)('a reply that comes when %s is kept as a suggestion and sends nothing', (_when, row) => {
  const { decision, changes } = decide(running({}, row), saying({ handoff: { reason: 'asked', summary: null } }));
  expect(decision).toMatchObject({ kind: 'suggestion', outcome: 'suppressed', messageIds: [] });
  expect(changes.messages).toEqual([]);
  expect(changes.dispatchUpdates).toMatchObject([
    { reason: 'stale_epoch', suggestion: { messages: [{ text: 'Hello', attachments: [] }], handoff: { reason: 'asked' } } },
  ]);
  expect(changes.modeHistory).toEqual([]);
});

test('a reply in the name of an agent that has been deleted is kept as a suggestion; one that is only switched off ends its turn', () => {
  const { decision, changes } = decide(running({ agent: agentRow({ enabled: false, deleted_at: noon }) }), saying());
  expect(decision).toMatchObject({ kind: 'suggestion', outcome: 'suppressed', messageIds: [] });
  expect(changes.dispatchUpdates).toMatchObject([{ reason: 'agent_disabled', suggestion: { messages: [{ text: 'Hello' }] } }]);
  expect(decide(running({ agent: agentRow({ enabled: false }) }), saying()).decision).toMatchObject({ kind: 'committed' });
});

test('an answer by REST is judged by the epoch stored with its turn', () => {
  expect(decide(running({}, { mode_epoch: 3 }), saying(), 'stored').decision).toMatchObject({ kind: 'suggestion' });
  expect(decide(running(), saying(), 'stored').decision).toMatchObject({ kind: 'committed' });
});

test('an answer by REST after the deadline is refused and changes nothing', () => {
  const at = running();
  const late = { ...at, dispatch: { ...at.dispatch, deadline_at: after(-1) } };
  const { decision, changes } = decide(late, saying(), 'stored');
  expect(decision.kind).toBe('expired');
  expect(changes).toMatchObject({ messages: [], dispatchUpdates: [], events: [] });
});

test('the second commit of a turn changes nothing and names what the first one said', () => {
  const at = running();
  const settled = { ...at, dispatch: { ...at.dispatch, outcome: 'replied' as const, reply_message_ids: ['m1'] } };
  const { decision, changes } = decide(settled, saying({ messages: [{ text: 'Other', attachments: [] }] }));
  expect(decision).toEqual({ kind: 'already_settled', outcome: 'replied', messageIds: ['m1'] });
  expect(changes).toMatchObject({ messages: [], dispatchUpdates: [], conversationUpdates: [] });
});

test.each(['reply', 'failure', 'deferred'] as const)(
  'a %s of a turn whose beginning was lost in a crash changes nothing: it is to begin anew',
  (kind) => {
    const at = running();
    const forgotten = { ...at, dispatch: { ...at.dispatch, outcome: 'pending' as const } };
    const { decision, changes } = decide(forgotten, { reply: saying(), failure: failing, deferred: { kind: 'deferred' as const } }[kind]);
    expect(decision).toEqual({ kind: 'not_begun', outcome: 'pending', messageIds: [] });
    expect(changes).toMatchObject({ messages: [], dispatchUpdates: [], conversationUpdates: [], events: [] });
  },
);

test('no words are silence, and nothing is sent', () => {
  expect(decide(running(), saying({ messages: [] })).decision).toMatchObject({ kind: 'committed', outcome: 'silent', messageIds: [] });
});

test('a failed turn asks for a person and says the agent’s fallback text, if it has one', () => {
  const { changes, types } = decide(running({ agent: agentRow({ fallback_text: 'One moment' }) }), failing);
  expect(changes.messages).toMatchObject([{ text: 'One moment', author: 'ai', dispatch_id: 'dispatch_a' }]);
  expect(changes.conversationUpdates).toMatchObject([{ needs_handoff: true, status: 'escalated', ai_mode: 'ai' }]);
  expect(changes.dispatchUpdates).toMatchObject([{ outcome: 'failed', error: 'status 500' }]);
  expect(types).toEqual(['message.queued', 'dispatch.failed', 'conversation.handoff_requested']);
  expect(decide(running(), failing).changes.messages).toEqual([]);
});

test('a turn that was cut off by a takeover asks for nobody and says nothing', () => {
  const at = running({ agent: agentRow({ fallback_text: 'One moment' }) }, { ai_mode: 'human', mode_epoch: 2 });
  const { changes } = decide(at, failing);
  expect(changes.messages).toEqual([]);
  expect(changes.conversationUpdates).not.toMatchObject([{ needs_handoff: true }]);
  expect(changes.dispatchUpdates).toMatchObject([{ outcome: 'suppressed', reason: 'stale_epoch', error: 'status 500' }]);
});

test('a hand-off takes the conversation out of `ai`, and its words go out under the new epoch', () => {
  const { changes } = decide(running(), saying({ handoff: { reason: 'asked', summary: 'wants a refund' } }));
  expect(changes.conversationUpdates).toMatchObject([{ ai_mode: 'human', mode_epoch: 2, needs_handoff: true, status: 'escalated' }]);
  expect(changes.messages).toMatchObject([{ mode_epoch: 2, parting: true }]);
  expect(changes.modeHistory).toMatchObject([{ actor_kind: 'ai', reason: 'handoff' }]);
  expect(changes.dispatchUpdates).toMatchObject([{ outcome: 'handed_off', handoff: { reason: 'asked', summary: 'wants a refund' } }]);
});

test('with `flag` a hand-off only asks, and the AI goes on answering', () => {
  const { changes } = decide(running({ agent: agentRow({ handoff: 'flag' }) }), saying({ handoff: { reason: 'asked', summary: null } }));
  expect(changes.conversationUpdates).toMatchObject([{ ai_mode: 'ai', mode_epoch: 1, needs_handoff: true }]);
  expect(changes.messages).toMatchObject([{ mode_epoch: 1, parting: false }]);
});

test('an AI may close the conversation with its last words', () => {
  const { changes } = decide(running(), saying({ close: true }));
  expect(changes.conversationUpdates).toMatchObject([{ ai_mode: 'closed', closed_at: noon }]);
  expect(changes.messages).toMatchObject([{ parting: true, mode_epoch: 2 }]);
});

test('where replies need approval they wait as a suggestion', () => {
  const { decision, changes } = decide(running({ agent: agentRow({ approval: 'required' }) }), saying());
  expect(decision.kind).toBe('suggestion');
  expect(changes.dispatchUpdates).toMatchObject([
    { reason: 'approval_required', suggestion: { messages: [{ text: 'Hello', attachments: [] }] } },
  ]);
});

test('a reply to somebody who opted out meanwhile is withheld', () => {
  const { decision, changes } = decide(running({ optedOut: true }), saying());
  expect(decision.kind).toBe('suggestion');
  expect(changes).toMatchObject({ messages: [], dispatchUpdates: [{ reason: 'opted_out' }] });
});

test('outside the WhatsApp window a reply fails the turn, and so the fallback text stays unsaid', () => {
  const at = running({ agent: agentRow({ fallback_text: 'One moment' }) }, { channel: 'whatsapp', window_expires_at: after(-1) });
  const { changes } = decide(at, saying());
  expect(changes).toMatchObject({ messages: [], dispatchUpdates: [{ outcome: 'failed', error: 'window_expired' }] });
});

test('"the answer comes later" keeps the turn running, with a timer at its deadline', () => {
  const { decision, changes } = decide(running(), { kind: 'deferred' });
  expect(decision).toMatchObject({ kind: 'committed', outcome: 'in_flight' });
  expect(changes.timers).toMatchObject([{ kind: 'turn_deadline', subject_id: 'dispatch_a', due_at: after(30_000) }]);
  expect(changes.dispatchUpdates).toMatchObject([{ deferred: true, outcome: 'in_flight' }]);
});

test('the end of a turn signals the one that waits, unless that still waits for more messages', () => {
  const conversation = conversationRow({ turn_dispatch_id: 'dispatch_a', pending_dispatch_id: 'next' });
  const pending = dispatchRow(conversation, { dispatch_id: 'next' });
  const at = running({ conversation, modeContext: { ...noContext, pending } });
  expect(decide(at, saying()).signals).toContain('dispatch.ready next');
  const waiting = { ...at, modeContext: { ...noContext, pending: { ...pending, due_at: after(1) } } };
  expect(decide(waiting, saying()).signals).not.toContain('dispatch.ready next');
});

test('a hand-off keeps earlier words of the AI that are still queued', () => {
  const at = running();
  const openSends = [messageRow(at.conversation, { message_id: 'earlier' })];
  const { changes } = decide({ ...at, modeContext: { ...noContext, openSends } }, saying({ handoff: { reason: 'asked', summary: null } }));
  expect(changes.messageUpdates).toMatchObject([{ message_id: 'earlier', status: 'queued', mode_epoch: 2, parting: true }]);
});

test('tags are added, metadata merged, null takes a key away', () => {
  const at = running({}, { tags: ['a'], metadata: { keep: 1, gone: 2 } });
  const { changes, types } = decide(at, saying({ tags: ['a', 'b'], metadata: { gone: null, fresh: 3 }, status: 'completed' }));
  expect(changes.conversationUpdates).toMatchObject([{ tags: ['a', 'b'], metadata: { keep: 1, fresh: 3 }, status: 'completed' }]);
  expect(types).toContain('conversation.updated');
});

test('whoever commits may claim the first message in the same step, and a repeat of the call gets the same claim', () => {
  const two = saying({ messages: [...draft.messages, { text: 'Again', attachments: [] }] });
  const { decision, changes, signals } = decide(running(), two, 1, 'dispatcher_a');
  const [first, second] = changes.messages;
  expect(decision).toMatchObject({ kind: 'committed', claimed: { message_id: first?.message_id, status: 'sending', claim: 1 } });
  expect(second).toMatchObject({ status: 'queued', claim: 0 });
  expect(signals).not.toContain(`send.ready ${first?.message_id}`);
  const at = running();
  const settled = { ...at, dispatch: { ...at.dispatch, outcome: 'replied' as const }, modeContext: { ...noContext, openSends: [first!] } };
  expect(decide(settled, two, 1, 'dispatcher_a').decision).toMatchObject({
    kind: 'already_settled',
    claimed: { message_id: first?.message_id },
  });
  expect(decide(settled, two, 1, 'dispatcher_b').decision.claimed).toBeUndefined();
});

test('nothing is claimed with the commit while an earlier message is on its way, and nothing of a stale reply', () => {
  const at = running();
  const openSends = [messageRow(at.conversation, { status: 'sending', claim: 1 })];
  expect(decide({ ...at, modeContext: { ...noContext, openSends } }, saying(), 1, 'dispatcher_a').decision.claimed).toBeUndefined();
  const stale = decide(running({}, { ai_mode: 'human', mode_epoch: 2 }), saying(), 1, 'dispatcher_a');
  expect(stale.decision).toEqual({ kind: 'suggestion', outcome: 'suppressed', messageIds: [] });
});
