import fc from 'fast-check';
import { expect, test } from 'vitest';
import { after, conversationRow, finish, messageRow, newTestLedger, noon } from '../../test/pure/rows.ts';
import { goesByItsTurn } from './outbound.ts';
import type { ConversationRow, EarlyReceiptRow, MessageRow } from './rows.ts';
import { applyReceipt, type ClaimState, claimSend, isStale, maxClaims, type ReceiptFact, recordSend, type SendResult } from './send.ts';

function state(message: Partial<MessageRow> = {}, more: Partial<ClaimState> = {}, row: Partial<ConversationRow> = {}): ClaimState {
  const conversation = conversationRow(row);
  return { conversation, message: messageRow(conversation, message), blocked: false, optedOut: false, next: null, ...more };
}

function claim(at: ClaimState, claimant = '', insteadOfClaim = 0) {
  const ledger = newTestLedger();
  return { decision: claimSend(ledger, at, { claimant, insteadOfClaim }), ...finish(ledger) };
}

function record(at: ClaimState & { earlyReceipts?: EarlyReceiptRow[] }, result: Partial<SendResult> & Pick<SendResult, 'outcome'>) {
  const ledger = newTestLedger();
  const whole = { claim: 1, provider_message_id: '', error_code: '', error_detail: '', retry_after_ms: 0, occurred_at: noon, ...result };
  return { answer: recordSend(ledger, { earlyReceipts: [], ...at }, whole), ...finish(ledger) };
}

const nextSend = { message_id: 'message_b', channel_account_id: 'account_sms' };
const sending = { status: 'sending', claim: 1 } as const;

test('a claim is fenced by status and by the number of claims before it', () => {
  const { decision, changes } = claim(state());
  expect(decision.kind).toBe('claimed');
  expect(changes.messageUpdates).toMatchObject([{ status: 'sending', claim: 1, seen: { status: 'queued', claim: 0 } }]);
});

test.each([
  ['the conversation is with a person', { ai_mode: 'human', mode_epoch: 2 }, { mode_epoch: 1 }, true],
  ['it was given back since', { ai_mode: 'ai', mode_epoch: 3 }, { mode_epoch: 1 }, true],
  ['the epoch is right but the mode is not', { ai_mode: 'human', mode_epoch: 2 }, { mode_epoch: 2 }, true],
  ['these are the last words of a hand-off', { ai_mode: 'human', mode_epoch: 2 }, { mode_epoch: 2, parting: true }, false],
  ['the hand-off was given back since', { ai_mode: 'ai', mode_epoch: 3 }, { mode_epoch: 2, parting: true }, true],
  ['nothing has changed', {}, {}, false],
] as const)('an AI message when %s', (_when, row, message, stale) => {
  const at = state(message, {}, row);
  expect(isStale(at.conversation, at.message)).toBe(stale);
  expect(claim(at).decision.kind).toBe(stale ? 'cancelled' : 'claimed');
});

test.each(['human', 'sequence', 'system'] as const)('a %s message knows no fence', (author) => {
  expect(claim(state({ author, mode_epoch: 1 }, {}, { ai_mode: 'human', mode_epoch: 7 })).decision.kind).toBe('claimed');
});

test('a cancelled message lets the next one go', () => {
  const { types, signals } = claim(state({}, { next: nextSend }, { ai_mode: 'human', mode_epoch: 2 }));
  expect(types).toEqual(['message.failed']);
  expect(signals).toEqual(['send.ready message_b']);
});

test('sending again takes a claim of its own, under the fence, and only in place of the claim that is in doubt', () => {
  const at = state({ ...sending, claimant: 'gone' });
  const { decision, changes } = claim(at, 'me', 1);
  expect(decision).toMatchObject({ kind: 'claimed', message: { claim: 2, claimant: 'me' } });
  expect(changes.messageUpdates).toMatchObject([{ status: 'sending', claim: 2, seen: { status: 'sending', claim: 1 } }]);
  expect(claim(at, 'me', 0).decision).toMatchObject({ kind: 'in_doubt', stale: false });
  expect(claim(state({ ...sending, claim: 2, claimant: 'quicker' }), 'me', 1).decision.kind).toBe('in_doubt');
  const taken = state({ ...sending, claimant: 'gone', mode_epoch: 1 }, {}, { ai_mode: 'human', mode_epoch: 2 });
  expect(claim(taken, 'me', 1).decision).toMatchObject({ kind: 'in_doubt', stale: true });
});

test('a holder whose claim was replaced can no longer put the message back', () => {
  expect(record(state({ ...sending, claim: 2 }), { outcome: 'requeue', claim: 1 }).answer).toBe('already_settled');
});

test.each([
  ['was claimed with its acceptance', ['queued 0', 'sending 0'], true],
  ['was claimed so and tried again, twice', ['queued 0', 'sending 0', 'sending 1', 'sending 3'], true],
  ['was claimed so and put back since', ['queued 0', 'sending 0', 'queued 1', 'sending 2'], false],
  ['waited in the queue first', ['queued 0', 'sending 1'], false],
  ['waits in the queue', ['queued 0'], false],
  ['was claimed so and is out', ['queued 0', 'sending 0', 'sent 1'], false],
] as const)('only the signal of its turn speaks of a message that %s: %j, %s', (_what, steps, only) => {
  const history = steps.map((step) => {
    const [status, seconds] = step.split(' ') as ['queued' | 'sending' | 'sent', string];
    return { status, at: after(Number(seconds) * 1000).toISOString(), detail: null };
  });
  expect(goesByItsTurn({ status: history.at(-1)!.status, status_history: history })).toBe(only);
});

test('a message waits for the earlier ones of its conversation, and a stale one is cancelled without waiting', () => {
  expect(claim(state({}, { blocked: true })).decision.kind).toBe('waits');
  expect(claim(state({}, { blocked: true }, { ai_mode: 'human', mode_epoch: 2 })).decision.kind).toBe('cancelled');
});

test('nothing goes to somebody who opted out, whoever wrote it', () => {
  const { decision, changes } = claim(state({ author: 'human' }, { optedOut: true }));
  expect(decision.kind).toBe('settled');
  expect(changes.messageUpdates).toMatchObject([{ status: 'failed', error_code: 'recipient_opted_out' }]);
});

test('a claim that never reported is in doubt, and says whether the fence has moved', () => {
  expect(claim(state(sending)).decision).toMatchObject({ kind: 'in_doubt', stale: false });
  const moved = claim(state(sending, {}, { ai_mode: 'human', mode_epoch: 2 }));
  expect(moved.decision).toMatchObject({ kind: 'in_doubt', stale: true });
  expect(moved.changes.messageUpdates).toEqual([]);
});

test('a claimant whose answer was lost asks again and gets the same claim, nobody else does', () => {
  const held = { ...sending, claimant: 'dispatcher_a' };
  expect(claim(state(held), 'dispatcher_a').decision).toMatchObject({ kind: 'claimed', message: { claim: 1 } });
  expect(claim(state(held), 'dispatcher_b').decision).toMatchObject({ kind: 'in_doubt' });
  expect(claim(state({ ...sending, claimant: '' }), '').decision).toMatchObject({ kind: 'in_doubt' });
});

test.each(['sent', 'delivered', 'read', 'failed', 'unknown', 'cancelled'] as const)('a %s message is never claimed again', (status) => {
  const { decision, changes } = claim(state({ status }));
  expect(decision.kind).toBe('settled');
  expect(changes.messageUpdates).toEqual([]);
});

test('the result of an older claim changes nothing', () => {
  expect(record(state({ status: 'sending', claim: 2 }), { outcome: 'sent', claim: 1 })).toMatchObject({
    answer: 'already_settled',
    changes: { messageUpdates: [], events: [] },
  });
});

test('a result is recorded also when the fence has moved since: the provider has the message', () => {
  const at = state(sending, {}, { ai_mode: 'human', mode_epoch: 2 });
  expect(record(at, { outcome: 'sent', provider_message_id: 'p1' }).changes.messageUpdates).toMatchObject([
    { status: 'sent', provider_message_id: 'p1' },
  ]);
});

test.each(['sent', 'failed', 'unknown'] as const)('%s settles the message and signals the next', (outcome) => {
  const { types, signals } = record(state(sending, { next: nextSend }), { outcome });
  expect(types).toEqual([outcome === 'sent' ? 'message.sent' : 'message.failed']);
  expect(signals).toEqual(['send.ready message_b']);
});

test('what was surely not sent goes back into the queue with a timer, and nobody overtakes it', () => {
  const { changes, types, signals } = record(state(sending, { next: nextSend }), { outcome: 'requeue', retry_after_ms: 5000 });
  expect(changes.messageUpdates).toMatchObject([{ status: 'queued', claim: 1 }]);
  expect(changes.timers).toMatchObject([{ kind: 'send_retry', subject_id: 'message_a', due_at: after(5000) }]);
  expect([...types, ...signals]).toEqual([]);
});

test('a stale message is not queued again', () => {
  const { changes } = record(state(sending, {}, { ai_mode: 'human', mode_epoch: 2 }), { outcome: 'requeue' });
  expect(changes.messageUpdates).toMatchObject([{ status: 'cancelled' }]);
});

test('after eight claims that came to nothing a message has failed', () => {
  const last = record(state({ status: 'sending', claim: maxClaims }, { next: nextSend }), { outcome: 'requeue', claim: maxClaims });
  expect(last.changes.messageUpdates).toMatchObject([{ status: 'failed', error_code: 'provider_unavailable' }]);
  expect([...last.types, ...last.signals]).toEqual(['message.failed', 'send.ready message_b']);
  const before = record(state({ status: 'sending', claim: maxClaims - 1 }), { outcome: 'requeue', claim: maxClaims - 1 });
  expect(before.changes.messageUpdates).toMatchObject([{ status: 'queued' }]);
});

test('receipts that came before the answer of the send are applied with it, and let go of', () => {
  const early = (status: string): EarlyReceiptRow => ({
    workspace_id: 'workspace_a',
    channel_account_id: 'account_sms',
    provider_message_id: 'p1',
    status,
    message_id: '',
    error_code: null,
    error_detail: null,
    occurred_at: after(10),
    received_at: after(10),
    agent_id: '',
    from_address: '',
  });
  const at = { ...state(sending), earlyReceipts: [early('read'), early('delivered')] };
  const { changes, types } = record(at, { outcome: 'sent', provider_message_id: 'p1' });
  expect(types).toEqual(['message.sent', 'message.read']);
  expect(changes.messageUpdates).toMatchObject([{ status: 'read', delivered_at: after(10), read_at: after(10) }]);
  expect(changes.earlyReceiptsDone).toHaveLength(2);
});

const rank = { unknown: 1, sent: 2, delivered: 3, read: 4 } as const;

test('receipts in any order, any number of times, never move a message back', () => {
  const receipts = fc.array(fc.constantFrom('sent', 'delivered', 'read'), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.constantFrom('sent', 'unknown'), receipts, (start, statuses) => {
      const conversation = conversationRow();
      const ledger = newTestLedger();
      const message = ledger.message(messageRow(conversation, { status: start }));
      let best: number = rank[start];
      for (const [index, status] of statuses.entries()) {
        const moved = applyReceipt(ledger, ledger.conversation(conversation), message, { status, at: after(index), error: null });
        expect(moved).toBe(rank[status] > best);
        best = Math.max(best, rank[status]);
        expect(rank[message.status as keyof typeof rank]).toBe(best);
      }
      if (best >= rank.delivered) expect(message.delivered_at).not.toBeNull();
      const steps = message.status_history.map((one) => rank[one.status as keyof typeof rank]);
      expect(steps).toEqual([...new Set(steps)].sort());
    }),
  );
});

test('the order of the same receipts makes no difference to where a message ends', () => {
  const all = ['sent', 'delivered', 'read', 'delivered', 'sent'] as const;
  fc.assert(
    fc.property(fc.shuffledSubarray([...all], { minLength: all.length }), (order) => {
      const conversation = conversationRow();
      const ledger = newTestLedger();
      const message = ledger.message(messageRow(conversation, { status: 'sent' }));
      for (const status of order) applyReceipt(ledger, ledger.conversation(conversation), message, { status, at: noon, error: null });
      expect(message.status).toBe('read');
    }),
  );
});

const failed: ReceiptFact = { status: 'failed', at: noon, error: { code: '131047', detail: 're-engagement' } };

test.each([
  ['sent', true],
  ['unknown', true],
  ['delivered', false],
  ['read', false],
  ['queued', false],
  ['cancelled', false],
] as const)('a failure that a provider reports for a %s message counts: %s', (status, counts) => {
  const conversation = conversationRow();
  const ledger = newTestLedger();
  const message = ledger.message(messageRow(conversation, { status }));
  expect(applyReceipt(ledger, ledger.conversation(conversation), message, failed)).toBe(counts);
  expect(message.status).toBe(counts ? 'failed' : status);
});

test('a window that the provider finds closed afterwards is closed here as well, and a person hears that the answer did not arrive', () => {
  const at = state(
    { status: 'sent', channel: 'whatsapp', created_at: after(1000) },
    {},
    { channel: 'whatsapp', window_expires_at: after(86_400_000) },
  );
  const late: ReceiptFact = { status: 'failed', at: after(5000), error: { code: 'window_expired', detail: 'Re-engagement message' } };
  const ledger = newTestLedger(after(6000));
  applyReceipt(ledger, ledger.conversation(at.conversation), ledger.message(at.message), late);
  const { changes, types } = finish(ledger);
  expect(changes.messageUpdates).toMatchObject([{ status: 'failed', error_code: 'window_expired' }]);
  expect(changes.conversationUpdates).toMatchObject([{ window_expires_at: after(1000), needs_handoff: true, status: 'escalated' }]);
  expect(changes.timersDone).toMatchObject([{ kind: 'window_closing' }]);
  expect(types).toEqual(['message.failed', 'conversation.handoff_requested', 'conversation.updated']);
});

test('a refusal as too late that the customer has overtaken changes nothing but its message', () => {
  const at = state({ status: 'sent', channel: 'whatsapp' }, {}, { channel: 'whatsapp', window_expires_at: after(86_400_001) });
  const ledger = newTestLedger(after(6000));
  const late: ReceiptFact = { status: 'failed', at: after(5000), error: { code: 'window_expired', detail: '' } };
  applyReceipt(ledger, ledger.conversation(at.conversation), ledger.message(at.message), late);
  expect(finish(ledger).types).toEqual(['message.failed']);
});

test('a message that nobody claimed is put off by a timer, and by nothing else', () => {
  const { answer, changes, types } = record(state({ status: 'queued', claim: 0 }), {
    outcome: 'postpone',
    claim: 0,
    retry_after_ms: 60_000,
  });
  expect(answer).toBe('recorded');
  expect(changes.timers).toMatchObject([{ kind: 'send_retry', subject_id: 'message_a', due_at: after(60_000) }]);
  expect(changes.messageUpdates).toEqual([]);
  expect(types).toEqual([]);
  expect(record(state(sending), { outcome: 'postpone', retry_after_ms: 60_000 })).toMatchObject({
    answer: 'already_settled',
    changes: { timers: [] },
  });
});

test('a provider that only says that it is too much for now does not use a message up', () => {
  const result = { outcome: 'requeue', claim: maxClaims, error_code: 'rate_limited' } as const;
  expect(record(state({ status: 'sending', claim: maxClaims }), result).changes.messageUpdates).toMatchObject([{ status: 'queued' }]);
});
