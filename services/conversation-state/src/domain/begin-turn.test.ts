import { expect, test } from 'vitest';
import { after, agentRow, conversationRow, dispatchRow, finish, newTestLedger, noon } from '../../test/pure/rows.ts';
import { type BeginTurnState, beginTurn } from './begin-turn.ts';

function state(more: Partial<BeginTurnState> = {}, conversation = conversationRow({ pending_dispatch_id: 'dispatch_a' })): BeginTurnState {
  return { conversation, dispatch: dispatchRow(conversation), agent: agentRow(), optedOut: false, running: undefined, ...more };
}

function decide(at: BeginTurnState, redelivered = false) {
  const ledger = newTestLedger();
  const decision = beginTurn(ledger, at, redelivered);
  return { decision, changes: finish(ledger).changes };
}

test('a turn that begins is the conversation’s only one, fenced by outcome and epoch, with a deadline', () => {
  const { decision, changes } = decide(state());
  expect(decision).toMatchObject({ kind: 'turn', superseded: null });
  expect(changes.dispatchUpdates).toMatchObject([
    { outcome: 'in_flight', seen: { outcome: 'pending' }, mode_epoch: 1, attempts: 1, deadline_at: after(30_000) },
  ]);
  expect(changes.conversationUpdates).toMatchObject([
    { turn_dispatch_id: 'dispatch_a', pending_dispatch_id: null, seen: { mode_epoch: 1 } },
  ]);
});

test.each([
  ['a person has the conversation', state({}, conversationRow({ ai_mode: 'human', mode_epoch: 2 })), 'mode_human'],
  ['the conversation is closed', state({}, conversationRow({ ai_mode: 'closed', closed_at: noon })), 'mode_closed'],
  ['the customer opted out', state({ optedOut: true }), 'opted_out'],
  ['the agent is switched off', state({ agent: agentRow({ enabled: false }) }), 'agent_disabled'],
  ['the agent has no backend', state({ agent: agentRow({ backend: { kind: 'none', url: null, timeout_ms: 1000 } }) }), 'no_backend'],
])('no turn begins when %s, and the dispatch says why', (_why, at, reason) => {
  const { decision, changes } = decide(at);
  expect(decision).toEqual({ kind: 'suppressed', reason });
  expect(changes.dispatchUpdates).toMatchObject([{ outcome: 'suppressed', reason, settled_at: noon }]);
});

test('a turn that was begun before a person had the conversation does not begin again when it is given back', () => {
  const conversation = conversationRow({ mode_epoch: 3 });
  const { decision } = decide(state({ dispatch: dispatchRow(conversation, { outcome: 'in_flight', mode_epoch: 1 }) }, conversation), true);
  expect(decision).toEqual({ kind: 'suppressed', reason: 'stale_epoch' });
});

test('a turn that waited through a takeover and back begins under the present epoch', () => {
  const conversation = conversationRow({ mode_epoch: 3, pending_dispatch_id: 'dispatch_a' });
  const { changes } = decide(state({ dispatch: dispatchRow(conversation, { mode_epoch: 1 }) }, conversation));
  expect(changes.dispatchUpdates).toMatchObject([{ outcome: 'in_flight', mode_epoch: 3 }]);
});

test('a second signal finds a running turn held, a redelivered one begins it again under the same id', () => {
  const conversation = conversationRow({ turn_dispatch_id: 'dispatch_a' });
  const at = state({ dispatch: dispatchRow(conversation, { outcome: 'in_flight', attempts: 1 }) }, conversation);
  expect(decide(at).decision).toEqual({ kind: 'held' });
  expect(decide(at).changes).toMatchObject({ dispatchUpdates: [], conversationUpdates: [] });
  expect(decide(at, true).decision).toMatchObject({ kind: 'turn', dispatch: { dispatch_id: 'dispatch_a', attempts: 2 } });
});

test.each(['replied', 'silent', 'handed_off', 'failed', 'superseded', 'suppressed'] as const)(
  'a %s turn is settled for good',
  (outcome) => {
    const conversation = conversationRow();
    const { decision, changes } = decide(state({ dispatch: dispatchRow(conversation, { outcome }) }, conversation), true);
    expect(decision).toEqual({ kind: 'settled' });
    expect(changes.dispatchUpdates).toEqual([]);
  },
);

test('a turn whose answer will come later is not begun again', () => {
  const conversation = conversationRow({ turn_dispatch_id: 'dispatch_a' });
  const dispatch = dispatchRow(conversation, { outcome: 'in_flight', deferred: true });
  expect(decide(state({ dispatch }, conversation), true).decision).toEqual({ kind: 'settled' });
});

test('a turn that still waits for more of the customer’s messages does not begin', () => {
  const conversation = conversationRow({ pending_dispatch_id: 'dispatch_a' });
  expect(decide(state({ dispatch: dispatchRow(conversation, { due_at: after(1) }) }, conversation)).decision).toEqual({ kind: 'busy' });
  expect(decide(state({ dispatch: dispatchRow(conversation, { due_at: noon }) }, conversation)).decision).toMatchObject({ kind: 'turn' });
});

test('beside a running turn a second one waits, or with `supersede` takes its place and its messages', () => {
  const conversation = conversationRow({ turn_dispatch_id: 'old', pending_dispatch_id: 'dispatch_a' });
  const running = dispatchRow(conversation, { dispatch_id: 'old', outcome: 'in_flight', message_ids: ['m1'], deferred: true });
  const dispatch = dispatchRow(conversation, { message_ids: ['m2'] });
  expect(decide(state({ running, dispatch }, conversation)).decision).toEqual({ kind: 'busy' });
  const { decision, changes } = decide(state({ running, dispatch, agent: agentRow({ burst: 'supersede' }) }, conversation));
  expect(decision).toMatchObject({ kind: 'turn', superseded: 'old', dispatch: { message_ids: ['m1', 'm2'] } });
  expect(changes.dispatchUpdates.find((row) => row.dispatch_id === 'old')).toMatchObject({ outcome: 'superseded', settled_at: noon });
  expect(changes.timersDone).toContainEqual({ kind: 'turn_deadline', subject_id: 'old' });
});
