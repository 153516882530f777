import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { event, meet, patch, row, whatsapp, writeByHand } from './acts.ts';
import {
  beginTurn,
  commitReply,
  conversationOf,
  dispatchesOf,
  type Harness,
  inboundMessage,
  makeWorkspace,
  send,
  startHarness,
  type Workspace,
} from './harness.ts';

let h: Harness;
let w: Workspace;
beforeAll(async () => {
  h = await startHarness();
  w = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

const timers = async (id: string) =>
  (await h.admin.query('select kind from conversation.timer where conversation_id = $1 order by kind', [id])).rows.map((one) => one.kind);

/** Moves a timer's time to now, as if it had been waited for. */
const due = (id: string, kind: string) =>
  h.admin.query('update conversation.timer set due_at = now() where conversation_id = $1 and kind = $2', [id, kind]);

test('a takeover ends by itself after its time, counted from the last human message', async () => {
  const { from, id } = await meet(h, w);
  await writeByHand(h, w, { conversationId: id, takeover: true, takeoverTimeoutSeconds: 1 });
  const back = await event(h, id, 'conversation.mode_changed', 2);
  expect(back[1]?.payload).toMatchObject({ from_mode: 'human', to_mode: 'ai', mode_epoch: 3, reason: 'takeover_timeout' });
  expect(await conversationOf(h, w, from)).toMatchObject({ ai_mode: 'ai', takeover_expires_at: null });
  expect(await timers(id)).toEqual([]);
});

test('a takeover that was made longer is not ended by the timer of the shorter one', async () => {
  const { from, id } = await meet(h, w);
  await patch(h, w, { conversationId: id, aiMode: 'human', takeoverTimeoutSeconds: 3600 });
  await due(id, 'takeover_timeout');
  await eventually(
    () => timers(id),
    (kinds) => kinds.length === 0,
  );
  expect(await conversationOf(h, w, from)).toMatchObject({ ai_mode: 'human' });
});

test('window.closing comes once, an hour before the end', async () => {
  const sent = new Date(Date.now() - 23 * 3_600_000 + 300).toISOString();
  const { id } = await meet(h, w, { ...whatsapp(w), sent_at: sent });
  const [closing] = await event(h, id, 'window.closing');
  expect(closing?.payload).toEqual({ conversation_id: id, window_expires_at: new Date(Date.parse(sent) + 24 * 3_600_000).toISOString() });
  expect(await timers(id)).toEqual([]);
});

test('silence makes a conversation abandoned, the customer’s next word makes it active again', async () => {
  const quiet = await makeWorkspace(h, { silenceTimeoutSeconds: 1 });
  const { from, id } = await meet(h, quiet);
  await event(h, id, 'conversation.updated');
  expect(await conversationOf(h, quiet, from)).toMatchObject({ status: 'abandoned', ai_mode: 'ai' });
  await send(h, inboundMessage(quiet, from));
  expect(await conversationOf(h, quiet, from, 2)).toMatchObject({ status: 'active' });
});

test('with a debounce a burst is one turn, begun when it is quiet', async () => {
  const patient = await makeWorkspace(h, { debounceMs: 400 });
  const { from, id } = await meet(h, patient);
  await send(h, inboundMessage(patient, from, { text: 'And another' }));
  await conversationOf(h, patient, from, 2);
  expect((await beginTurn(h, patient, id)).result).toMatchObject({ value: { kind: 'busy' } });
  await event(h, id, 'dispatch.ready');
  const { result } = await beginTurn(h, patient, id);
  expect(result?.$case === 'turn' && result.value.newMessageIds).toHaveLength(2);
  expect(h.events.of(id).filter((one) => one.event_type === 'dispatch.ready')).toHaveLength(1);
});

test('an answer promised for later that never comes fails the turn, asks for a person and says the fallback text', async () => {
  const late = await makeWorkspace(h, { fallbackText: 'One moment, please' });
  const { from, id } = await meet(h, late);
  const { dispatchId } = await beginTurn(h, late, id);
  const deferred = { $case: 'deferred', value: {} } as const;
  expect(await commitReply(h, late, { conversationId: id, dispatchId, epoch: 1, instead: deferred })).toMatchObject({
    kind: 'committed',
    outcome: 'in_flight',
  });
  await send(h, inboundMessage(late, from, { text: 'Meanwhile' }));
  await conversationOf(h, late, from, 2);
  expect((await beginTurn(h, late, id)).result).toMatchObject({ value: { kind: 'busy' } });
  await due(id, 'turn_deadline');
  await event(h, id, 'dispatch.failed');
  expect(await conversationOf(h, late, from)).toMatchObject({
    needs_handoff: true,
    status: 'escalated',
    last_message_preview: 'One moment, please',
  });
  expect(await commitReply(h, late, { conversationId: id, dispatchId, epoch: 0, text: 'Sorry, late' })).toMatchObject({
    kind: 'already_settled',
    outcome: 'failed',
  });
  await event(h, id, 'dispatch.ready');
  expect((await beginTurn(h, late, id)).result).toMatchObject({ $case: 'turn' });
});

test('an answer that comes later in time is committed under the epoch its turn began with', async () => {
  const { id } = await meet(h, w);
  const { dispatchId } = await beginTurn(h, w, id);
  await commitReply(h, w, { conversationId: id, dispatchId, epoch: 1, instead: { $case: 'deferred', value: {} } });
  expect(await commitReply(h, w, { conversationId: id, dispatchId, epoch: 0, text: 'Here it is' })).toMatchObject({
    kind: 'committed',
    outcome: 'replied',
  });
  expect(await timers(id)).toEqual([]);
  const second = await meet(h, w);
  const turn = await beginTurn(h, w, second.id);
  await commitReply(h, w, { conversationId: second.id, dispatchId: turn.dispatchId, epoch: 1, instead: { $case: 'deferred', value: {} } });
  await patch(h, w, { conversationId: second.id, aiMode: 'human' });
  await patch(h, w, { conversationId: second.id, aiMode: 'ai' });
  expect(await commitReply(h, w, { conversationId: second.id, dispatchId: turn.dispatchId, epoch: 0, text: 'Too late' })).toMatchObject({
    kind: 'suggestion',
  });
});

test('a timer that cannot be fired holds up no other', async () => {
  const { id } = await meet(h, w);
  await h.admin.query(
    `insert into conversation.timer (kind, subject_id, workspace_id, conversation_id, due_at)
     select 'silence', 'orphan_' || n, $1, 'conv_gone_' || n, now() - interval '1 day' from generate_series(1, 100) n`,
    [w.workspaceId],
  );
  await writeByHand(h, w, { conversationId: id, takeover: true, takeoverTimeoutSeconds: 1 });
  await event(h, id, 'conversation.mode_changed', 2);
  await h.admin.query(`delete from conversation.timer where subject_id like 'orphan_%'`);
});

test('a turn whose signal was lost is signalled again, one that only waits without the order to begin anew', async () => {
  const waiting = await meet(h, w);
  const begun = await meet(h, w);
  await beginTurn(h, w, begun.id);
  await h.admin.query(
    `update conversation.dispatch set created_at = now() - interval '5 minutes', deadline_at = now() - interval '1 minute' where conversation_id = any($1)`,
    [[waiting.id, begun.id]],
  );
  const [first] = await event(h, waiting.id, 'dispatch.ready');
  const [second] = await event(h, begun.id, 'dispatch.ready');
  const ids = [await dispatchesOf(h, waiting.id), await dispatchesOf(h, begun.id)].map((rows) => rows[0].dispatch_id);
  expect(first?.payload).toEqual({ dispatch_id: ids[0], recover: false });
  expect(second?.payload).toEqual({ dispatch_id: ids[1], recover: true });
});

test('a queued message that no sender saw is signalled again, and not over and over', async () => {
  const { id } = await meet(h, w);
  const messageId = (await writeByHand(h, w, { conversationId: id })).message!.messageId;
  const signals = () => h.events.of(id).filter((one) => one.event_type === 'send.ready');
  await event(h, id, 'message.queued');
  const before = signals().length;
  await h.admin.query(`update conversation.message set created_at = now() - interval '5 minutes' where message_id = $1`, [messageId]);
  await eventually(
    () => signals().length,
    (count) => count === before + 1,
  );
  // The next round of the sweep comes when another lost message is found: by then the first one has been left alone.
  const other = await meet(h, w);
  const otherId = (await writeByHand(h, w, { conversationId: other.id })).message!.messageId;
  await h.admin.query(`update conversation.message set created_at = now() - interval '5 minutes' where message_id = $1`, [otherId]);
  await eventually(
    () => h.events.of(other.id).filter((one) => one.event_type === 'send.ready').length,
    (count) => count >= 1 + before,
  );
  expect(signals()).toHaveLength(before + 1);
  expect(await row(h, 'select status from conversation.message where message_id = $1', [messageId])).toEqual({ status: 'queued' });
});
