import { expect, test } from 'vitest';
import { after, agentRow, conversationRow, finish, newTestLedger, noContext } from '../../test/pure/rows.ts';
import { World } from '../../test/pure/world.ts';
import type { ConversationRow } from './rows.ts';
import { type ConversationPatch, resumeAi, updateConversation } from './update-conversation.ts';

const actor = { kind: 'user', id: 'user_a' };

function patch(row: Partial<ConversationRow>, change: Partial<ConversationPatch>) {
  const ledger = newTestLedger();
  const state = { conversation: conversationRow(row), agent: agentRow(), optedOut: false, modeContext: noContext };
  const outcome = updateConversation(ledger, state, { reason: 'api', actor, ...change });
  return { outcome, ...finish(ledger) };
}

test('a change for an older epoch is refused, names the present one and changes nothing', () => {
  const { outcome, changes } = patch({ mode_epoch: 3 }, { aiMode: 'human', subject: 'x', ifModeEpoch: 2 });
  expect(outcome).toEqual({ code: 'epoch_mismatch', stands: 3 });
  expect(changes).toMatchObject({ conversationUpdates: [], events: [] });
});

test.each(['ai', 'human'] as const)('a closed conversation does not go back to %s, and nothing else of the request is done', (aiMode) => {
  const { outcome, changes } = patch({ ai_mode: 'closed', closed_at: after(0) }, { aiMode, subject: 'x' });
  expect(outcome).toEqual({ code: 'conversation_closed' });
  expect(changes.conversationUpdates).toEqual([]);
});

test('labels change without a word about who answers, and tell of it once', () => {
  const { outcome, changes, types } = patch({}, { status: 'completed', tags: ['a', 'a'], subject: 'Refund' });
  expect(outcome).toEqual({ changed: false, from: 'ai', to: 'ai' });
  expect(changes.conversationUpdates).toMatchObject([{ status: 'completed', tags: ['a'], subject: 'Refund', mode_epoch: 1 }]);
  expect(types).toEqual(['conversation.updated']);
});

test('tags are put beside those that are there, each once', () => {
  expect(patch({ tags: ['a'] }, { addTags: ['b', 'a', 'b'] }).changes.conversationUpdates).toMatchObject([{ tags: ['a', 'b'] }]);
  expect(patch({ tags: ['a'] }, { tags: [], addTags: ['c'] }).changes.conversationUpdates).toMatchObject([{ tags: ['c'] }]);
});

test('a change to what is already so writes nothing', () => {
  const { changes } = patch({ status: 'active', metadata: { a: 1 } }, { status: 'active', metadata: { a: 1 } });
  expect(changes.events).toEqual([]);
});

test('0 seconds is a takeover without end, and the time of a running one can be changed', () => {
  expect(patch({}, { aiMode: 'human', takeoverTimeoutSeconds: 0 }).changes.conversationUpdates).toMatchObject([
    { takeover_expires_at: null },
  ]);
  const longer = patch({ ai_mode: 'human', mode_epoch: 2, takeover_expires_at: after(5000) }, { takeoverTimeoutSeconds: 120 });
  expect(longer.changes.conversationUpdates).toMatchObject([{ takeover_expires_at: after(120_000), mode_epoch: 2 }]);
});

test('giving back starts one turn about what was written meanwhile, but not beside another', () => {
  const world = new World();
  world.receive({});
  world.setMode('human');
  world.receive({ text: 'Meanwhile' });
  world.resume(true);
  const dispatch = [...world.dispatches.values()].at(-1);
  expect(dispatch).toMatchObject({ outcome: 'pending', mode_epoch: 3 });
  expect(world.events.at(-1)?.event_type).toBe('dispatch.ready');
  const count = world.dispatches.size;
  world.resume(true);
  expect(world.dispatches.size).toBe(count);
});

test('giving back a closed conversation is refused, and somebody who opted out is not written to', () => {
  const ledger = newTestLedger();
  const state = { conversation: conversationRow({ ai_mode: 'human' }), agent: agentRow(), optedOut: true, modeContext: noContext };
  expect(resumeAi(ledger, state, { actor, unanswered: ['m1'] })).toMatchObject({ changed: true });
  expect(ledger.close().dispatches).toEqual([]);
  const closed = { ...state, conversation: conversationRow({ ai_mode: 'closed', closed_at: after(0) }) };
  expect(resumeAi(newTestLedger(), closed, { actor, unanswered: [] })).toEqual({ code: 'conversation_closed' });
});
