import {
  BeginTurnsRequest,
  ClaimSendsRequest,
  CommitRepliesRequest,
  RecordSendsRequest,
} from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answered, event, meet, messageRow, patch, row, sendTo, status, writeByHand } from './acts.ts';
import {
  beginTurn,
  claim,
  commitReply,
  conversationOf,
  dispatchesOf,
  type Harness,
  inboundMessage,
  makeWorkspace,
  record,
  send,
  sendReceipt,
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

const receipt = (providerMessageId: string, what: string, messageId = '') =>
  sendReceipt(h, {
    workspace_id: w.workspaceId,
    channel_account_id: w.sms,
    provider_message_id: providerMessageId,
    status: what,
    message_id: messageId,
  });

const early = (providerMessageId: string) =>
  row<{ n: number }>(h, 'select count(*)::int as n from conversation.early_receipt where provider_message_id = $1', [providerMessageId]);

test('receipts that come before the answer of the send are applied with it', async () => {
  const { id, messageId } = await answered(h, w);
  await claim(h, w, id, messageId);
  await receipt(`early-${messageId}`, 'read');
  await receipt(`early-${messageId}`, 'delivered');
  await eventually(
    () => early(`early-${messageId}`),
    (found) => found.n === 2,
  );
  await record(h, w, { conversationId: id, messageId, claim: 1, outcome: 'sent', providerMessageId: `early-${messageId}` });
  expect(await messageRow(h, messageId)).toMatchObject({ status: 'read', delivered_at: expect.any(Date) });
  expect(await early(`early-${messageId}`)).toEqual({ n: 0 });
});

test('a receipt that crossed the answer of its send is matched afterwards', async () => {
  const { id, messageId } = await answered(h, w);
  await claim(h, w, id, messageId);
  await record(h, w, { conversationId: id, messageId, claim: 1, outcome: 'sent', providerMessageId: `crossed-${messageId}` });
  // As it stands when both were committed in the same moment, each without seeing the other.
  await h.admin.query(`insert into conversation.early_receipt values ($1, $2, $3, 'delivered', '', null, null, now(), now())`, [
    w.workspaceId,
    w.sms,
    `crossed-${messageId}`,
  ]);
  await status(h, messageId, 'delivered');
  expect(await early(`crossed-${messageId}`)).toEqual({ n: 0 });
});

test('receipts in the wrong order never move a message back, and each step is told once', async () => {
  const { id, messageId } = await answered(h, w);
  await claim(h, w, id, messageId);
  await record(h, w, { conversationId: id, messageId, claim: 1, outcome: 'sent', providerMessageId: `p-${messageId}` });
  for (const what of ['read', 'delivered', 'sent', 'read', 'failed']) await receipt(`p-${messageId}`, what);
  await status(h, messageId, 'read');
  await receipt('nobody’s', 'read');
  await eventually(
    () => early('nobody’s'),
    (found) => found.n === 1,
  );
  const told = () => h.events.types(id).filter((type) => /^message\.(sent|delivered|read|failed)$/.test(type));
  await eventually(told, (types) => types.includes('message.read'));
  expect(told()).toEqual(['message.sent', 'message.read']);
});

test('a receipt settles a send whose answer was never seen, by our own id', async () => {
  const { id, messageId } = await answered(h, w);
  await claim(h, w, id, messageId);
  await record(h, w, { conversationId: id, messageId, claim: 1, outcome: 'unknown' });
  await receipt(`late-${messageId}`, 'delivered', messageId);
  await status(h, messageId, 'delivered');
  await receipt(`late-${messageId}`, 'read');
  expect(await status(h, messageId, 'read')).toMatchObject({ provider_message_id: `late-${messageId}`, error_code: null });
});

test('a provider that gives one id to two messages does not keep the second from being recorded', async () => {
  const one = await answered(h, w);
  const two = await answered(h, w);
  const three = await answered(h, w);
  for (const at of [one, two, three]) await claim(h, w, at.id, at.messageId);
  const result = (at: typeof one) => ({
    workspaceId: w.workspaceId,
    conversationId: at.id,
    messageId: at.messageId,
    claim: 1,
    outcome: 'sent',
    providerMessageId: 'always-the-same',
  });
  expect((await h.turns.recordSends(RecordSendsRequest.fromPartial({ results: [result(one), result(two)] }))).results).toEqual([
    { kind: 'recorded' },
    { kind: 'recorded' },
  ]);
  expect((await h.turns.recordSends(RecordSendsRequest.fromPartial({ results: [result(three)] }))).results).toEqual([{ kind: 'recorded' }]);
  expect(await messageRow(h, one.messageId)).toMatchObject({ status: 'sent', provider_message_id: 'always-the-same' });
  expect(await messageRow(h, three.messageId)).toMatchObject({ status: 'sent', provider_message_id: null });
});

test('a provider’s words with a NUL are recorded, and so is their neighbour', async () => {
  const one = await answered(h, w);
  const two = await answered(h, w);
  for (const at of [one, two]) await claim(h, w, at.id, at.messageId);
  const result = (at: typeof one, errorDetail: string) => ({
    workspaceId: w.workspaceId,
    conversationId: at.id,
    messageId: at.messageId,
    claim: 1,
    outcome: 'failed',
    errorCode: 'x',
    errorDetail,
  });
  const { results } = await h.turns.recordSends(
    RecordSendsRequest.fromPartial({ results: [result(one, 'broken \0 text'), result(two, 'fine')] }),
  );
  expect(results).toEqual([{ kind: 'recorded' }, { kind: 'recorded' }]);
});

test('a send that surely did not happen is tried again by a timer, and given up after eight claims', async () => {
  const { id, messageId } = await answered(h, w);
  for (let count = 1; count <= 8; count++) {
    expect(await claim(h, w, id, messageId)).toMatchObject({ kind: 'claimed', message: { claim: count } });
    const before = h.events.of(id).filter((one) => one.event_type === 'send.ready').length;
    await record(h, w, { conversationId: id, messageId, claim: count, outcome: 'requeue', retryAfterMs: 100 });
    if (count < 8) await event(h, id, 'send.ready', before + 1);
  }
  expect(await messageRow(h, messageId)).toMatchObject({ status: 'failed', error_code: 'provider_unavailable', claim: 8 });
  expect(await row(h, 'select count(*)::int as n from conversation.timer where subject_id = $1', [messageId])).toEqual({ n: 0 });
});

test('a takeover while an AI message waits for its next try lets go what a program had queued behind it', async () => {
  const { from, id, messageId } = await answered(h, w);
  await claim(h, w, id, messageId);
  await record(h, w, { conversationId: id, messageId, claim: 1, outcome: 'requeue', retryAfterMs: 3_600_000 });
  const behind = (await sendTo(h, w, { to: from, author: 'sequence', takeover: false })).message!.messageId;
  expect(await claim(h, w, id, behind)).toMatchObject({ kind: 'waits' });
  await patch(h, w, { conversationId: id, aiMode: 'human' });
  await eventually(
    () => h.events.of(id).filter((one) => one.event_type === 'send.ready' && one.payload.message_id === behind),
    (found) => found.length > 0,
    { timeoutMs: 4000 },
  );
  expect(await claim(h, w, id, behind)).toMatchObject({ kind: 'claimed' });
  expect(await messageRow(h, messageId)).toMatchObject({ status: 'cancelled' });
});

test('a redelivered signal begins a turn again under the same id, and only one of the two replies counts', async () => {
  const { id } = await meet(h, w);
  const first = await beginTurn(h, w, id);
  expect((await beginTurn(h, w, id)).result).toMatchObject({ $case: 'noTurn', value: { kind: 'held' } });
  expect((await beginTurn(h, w, id, { redelivered: true })).result).toMatchObject({
    $case: 'turn',
    value: { dispatchId: first.dispatchId, attempt: 2 },
  });
  const commit = (text: string) => commitReply(h, w, { conversationId: id, dispatchId: first.dispatchId, epoch: 1, text });
  const answers = await Promise.all([commit('One'), commit('Two'), commit('Three')]);
  expect(answers.map((answer) => answer?.kind).sort()).toEqual(['already_settled', 'already_settled', 'committed']);
  expect(await row(h, `select count(*)::int as n from conversation.message where conversation_id = $1 and author = 'ai'`, [id])).toEqual({
    n: 1,
  });
});

test('with `supersede` the newer turn takes the older one’s place and messages', async () => {
  const burst = await makeWorkspace(h, { burst: 'supersede' });
  const { from, id } = await meet(h, burst, { text: 'One' });
  const old = await beginTurn(h, burst, id);
  await send(h, inboundMessage(burst, from, { text: 'Two' }));
  await conversationOf(h, burst, from, 2);
  const { result } = await beginTurn(h, burst, id);
  expect(result).toMatchObject({ $case: 'turn', value: { supersededDispatchId: old.dispatchId } });
  expect(result?.$case === 'turn' && result.value.newMessageIds).toHaveLength(2);
  expect(await commitReply(h, burst, { conversationId: id, dispatchId: old.dispatchId, epoch: 1, text: 'Old' })).toMatchObject({
    kind: 'already_settled',
    outcome: 'superseded',
  });
});

test('a batch answers each of its items by itself, and never about another tenant’s', async () => {
  const other = await makeWorkspace(h);
  const mine = await answered(h, w);
  const theirs = await answered(h, other);
  const sends = [
    { workspaceId: w.workspaceId, conversationId: mine.id, messageId: mine.messageId },
    { workspaceId: w.workspaceId, conversationId: theirs.id, messageId: theirs.messageId },
    { workspaceId: other.workspaceId, conversationId: mine.id, messageId: mine.messageId },
    { workspaceId: other.workspaceId, conversationId: theirs.id, messageId: 'msg_nobody' },
    { workspaceId: other.workspaceId, conversationId: theirs.id, messageId: mine.messageId },
    { workspaceId: other.workspaceId, conversationId: theirs.id, messageId: theirs.messageId },
  ];
  const { results } = await h.turns.claimSends(ClaimSendsRequest.fromPartial({ sends }));
  expect(results.map((one) => one.kind)).toEqual(['claimed', 'not_found', 'not_found', 'not_found', 'not_found', 'claimed']);
  const dispatchId = (await dispatchesOf(h, theirs.id))[0].dispatch_id;
  const turns = [
    { workspaceId: w.workspaceId, conversationId: theirs.id, dispatchId },
    { workspaceId: other.workspaceId, conversationId: theirs.id, dispatchId },
  ];
  const begun = await h.turns.beginTurns(BeginTurnsRequest.fromPartial({ turns }));
  expect(begun.results.map((one) => one.result?.value)).toMatchObject([{ kind: 'not_found' }, { kind: 'settled' }]);
  const reply = { modeEpoch: 1, result: { $case: 'reply' as const, value: { messages: [{ text: 'x' }] } } };
  const committed = await h.turns.commitReplies(
    CommitRepliesRequest.fromPartial({ replies: turns.map((turn) => ({ ...turn, ...reply })) }),
  );
  expect(committed.results.map((one) => one.kind)).toEqual(['not_found', 'already_settled']);
});

test('messages of one conversation are claimed in order whoever asks, and a failure lets the next one go', async () => {
  const { id } = await meet(h, w);
  const ids: string[] = [];
  for (const text of ['one', 'two', 'three']) ids.push((await writeByHand(h, w, { conversationId: id, text })).message!.messageId);
  const claims = () => Promise.all(ids.map((messageId) => claim(h, w, id, messageId)));
  expect((await claims()).map((one) => one?.kind)).toEqual(['claimed', 'waits', 'waits']);
  await record(h, w, { conversationId: id, messageId: ids[0]!, claim: 1, outcome: 'failed' });
  expect((await claims()).map((one) => one?.kind)).toEqual(['settled', 'claimed', 'waits']);
  await record(h, w, { conversationId: id, messageId: ids[1]!, claim: 1, outcome: 'unknown' });
  expect((await claims()).map((one) => one?.kind)).toEqual(['settled', 'settled', 'claimed']);
});
