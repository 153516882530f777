import { expect, test } from 'vitest';
import { after, conversationRow, dispatchRow, finish, messageRow, newTestLedger, noContext, noon } from '../../test/pure/rows.ts';
import { changeMode, extendTakeover, passTo } from './change-mode.ts';

const actor = { kind: 'user', id: 'user_a' };
const take = { to: 'human', actor, reason: 'api' } as const;

test('a takeover bumps the epoch, writes history and tells of it, all in one set of changes', () => {
  const ledger = newTestLedger();
  const c = ledger.conversation(conversationRow());
  expect(changeMode(ledger, c, take, noContext)).toBe(true);
  const { changes, ...told } = finish(ledger);
  expect(changes.conversationUpdates).toMatchObject([{ ai_mode: 'human', mode_epoch: 2, seen: { mode_epoch: 1 }, turn_dispatch_id: null }]);
  expect(changes.modeHistory).toMatchObject([{ from_mode: 'ai', to_mode: 'human', mode_epoch: 2, actor_id: 'user_a', reason: 'api' }]);
  expect(told).toMatchObject({
    types: ['conversation.mode_changed'],
    payloads: [{ from_mode: 'ai', to_mode: 'human', mode_epoch: 2, actor_user_id: 'user_a' }],
  });
});

test('the present mode again changes nothing', () => {
  const ledger = newTestLedger();
  const c = ledger.conversation(conversationRow({ ai_mode: 'human', mode_epoch: 2 }));
  expect(changeMode(ledger, c, take, noContext)).toBe(false);
  expect(finish(ledger).changes).toMatchObject({ conversationUpdates: [], modeHistory: [], events: [] });
});

test('a takeover cancels what the AI has queued, leaves what a provider has, and touches no person’s message', () => {
  const c = conversationRow();
  const ledger = newTestLedger();
  const openSends = [
    messageRow(c, { message_id: 'sending', sequence: 2, status: 'sending', claim: 1 }),
    messageRow(c, { message_id: 'queued', sequence: 3 }),
    messageRow(c, { message_id: 'by_hand', sequence: 4, author: 'human' }),
  ];
  changeMode(ledger, ledger.conversation(c), take, { ...noContext, openSends });
  expect(finish(ledger).changes.messageUpdates).toMatchObject([
    { message_id: 'queued', status: 'cancelled', error_code: 'stale_epoch', seen: { status: 'queued' } },
  ]);
});

test('what waited behind a cancelled message is signalled, since its end will never be recorded', () => {
  const c = conversationRow();
  const ledger = newTestLedger();
  const openSends = [
    messageRow(c, { message_id: 'queued', sequence: 2 }),
    messageRow(c, { message_id: 'by_hand', sequence: 3, author: 'sequence' }),
  ];
  changeMode(ledger, ledger.conversation(c), take, { ...noContext, openSends });
  expect(finish(ledger).signals).toEqual(['send.ready by_hand']);
});

test('behind a message that a provider has nobody is woken yet', () => {
  const c = conversationRow();
  const ledger = newTestLedger();
  const openSends = [
    messageRow(c, { message_id: 'sending', sequence: 2, status: 'sending', claim: 1 }),
    messageRow(c, { message_id: 'queued', sequence: 3 }),
    messageRow(c, { message_id: 'by_hand', sequence: 4, author: 'human' }),
  ];
  changeMode(ledger, ledger.conversation(c), take, { ...noContext, openSends });
  expect(finish(ledger).signals).toEqual([]);
});

test('when the AI hands over by its own decision its last words go out under the new epoch', () => {
  const c = conversationRow();
  const ledger = newTestLedger();
  const request = { to: 'human', actor: { kind: 'ai', id: 'agent_a' }, reason: 'handoff' } as const;
  changeMode(ledger, ledger.conversation(c), request, { ...noContext, openSends: [messageRow(c)] });
  expect(finish(ledger).changes.messageUpdates).toMatchObject([{ status: 'queued', mode_epoch: 2, parting: true }]);
});

test('a person who asks for the conversation has it: last words that are still queued are cancelled', () => {
  const c = conversationRow({ ai_mode: 'human', mode_epoch: 2 });
  const ledger = newTestLedger();
  const openSends = [messageRow(c, { parting: true })];
  expect(changeMode(ledger, ledger.conversation(c), take, { ...noContext, openSends })).toBe(false);
  expect(finish(ledger).changes.messageUpdates).toMatchObject([{ status: 'cancelled' }]);
});

test('last words that a provider has when a person asks for the conversation do not go back into the queue', () => {
  const c = conversationRow({ ai_mode: 'human', mode_epoch: 2 });
  const ledger = newTestLedger();
  const openSends = [messageRow(c, { status: 'sending', claim: 1, parting: true })];
  changeMode(ledger, ledger.conversation(c), take, { ...noContext, openSends });
  expect(finish(ledger).changes.messageUpdates).toMatchObject([{ status: 'sending', parting: false }]);
});

test.each([
  ['human', 'mode_human'],
  ['closed', 'mode_closed'],
] as const)('a change to %s suppresses the waiting turn with its reason and ends its timer', (to, reason) => {
  const c = conversationRow({ pending_dispatch_id: 'dispatch_a' });
  const ledger = newTestLedger();
  const working = ledger.conversation(c);
  const pending = dispatchRow(c, { due_at: after(1000) });
  changeMode(ledger, working, { ...take, to }, { ...noContext, pending });
  const changes = finish(ledger).changes;
  expect(changes.dispatchUpdates).toMatchObject([{ outcome: 'suppressed', reason, settled_at: noon }]);
  expect(changes.timersDone).toContainEqual({ kind: 'debounce', subject_id: 'dispatch_a' });
  expect(working.pending_dispatch_id).toBeNull();
});

test('closing takes the time, and every timer that only an open conversation needs', () => {
  const ledger = newTestLedger();
  const c = ledger.conversation(conversationRow({ takeover_expires_at: after(5), ai_mode: 'human' }));
  changeMode(ledger, c, { ...take, to: 'closed' }, noContext);
  expect(c).toMatchObject({ closed_at: noon, takeover_expires_at: null });
  expect(
    ledger
      .close()
      .timersDone.map((timer) => timer.kind)
      .sort(),
  ).toEqual(['silence', 'takeover_timeout', 'window_closing']);
});

test.each([
  ['the agent’s time', undefined, 60, after(60_000)],
  ['a time of its own', 5, 60, after(5000)],
  ['no end when told so, whatever the agent says', null, 60, null],
  ['no end when nobody set one', undefined, null, null],
] as const)('a takeover gets %s', (_name, timeoutSeconds, agentTimeoutSeconds, expires) => {
  const ledger = newTestLedger();
  const c = ledger.conversation(conversationRow());
  changeMode(ledger, c, { ...take, ...(timeoutSeconds !== undefined && { timeoutSeconds }) }, { ...noContext, agentTimeoutSeconds });
  expect(c.takeover_expires_at).toEqual(expires);
});

test('each human message starts the takeover’s time anew, and one without end stays without', () => {
  const later = newTestLedger(after(30_000));
  const timed = later.conversation(conversationRow({ ai_mode: 'human', takeover_timeout_seconds: 60, takeover_expires_at: after(60_000) }));
  extendTakeover(later, timed, null);
  expect(timed.takeover_expires_at).toEqual(after(90_000));
  const endless = later.conversation(conversationRow({ conversation_id: 'b', ai_mode: 'human', takeover_timeout_seconds: 0 }));
  extendTakeover(later, endless, 60);
  expect(endless.takeover_expires_at).toBeNull();
});

test('a conversation is the user’s who takes it over, and nobody’s once it is given back or closed', () => {
  const ledger = newTestLedger();
  const c = ledger.conversation(conversationRow());
  changeMode(ledger, c, take, noContext);
  expect(c.taken_over_by).toBe('user_a');
  for (const to of ['ai', 'closed'] as const) {
    const other = newTestLedger().conversation(conversationRow({ ai_mode: 'human', mode_epoch: 2, taken_over_by: 'user_a' }));
    changeMode(newTestLedger(), other, { ...take, to }, noContext);
    expect(other.taken_over_by).toBeNull();
  }
  const byKey = newTestLedger().conversation(conversationRow());
  changeMode(newTestLedger(), byKey, { ...take, actor: { kind: 'api_key', id: 'key_a' } }, noContext);
  expect(byKey.taken_over_by).toBeNull();
});

test('among people it passes to the user who asks for it; one who only writes gets what is nobody’s', () => {
  const at = (taken_over_by: string | null, ai_mode: 'human' | 'ai' = 'human') => conversationRow({ ai_mode, taken_over_by });
  const user = { kind: 'user', id: 'user_b' };
  expect(passTo(at('user_a'), user, { claims: true })).toBe(true);
  expect(passTo(at('user_a'), user, { claims: false })).toBe(false);
  expect(passTo(at(null), user, { claims: false })).toBe(true);
  expect(passTo(at('user_b'), user, { claims: true })).toBe(false);
  expect(passTo(at(null, 'ai'), user, { claims: true })).toBe(false);
  expect(passTo(at('user_a'), { kind: 'api_key', id: 'key_a' }, { claims: true })).toBe(false);
});
