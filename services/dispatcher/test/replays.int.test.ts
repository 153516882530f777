import {
  ListMessagesRequest,
  ResumeAiRequest,
  SendMessageRequest,
} from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { openDatabase } from '@baton/db/open.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import type { AiCall } from '@baton/testkit/fake-ai.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startDispatcherProcess } from './dispatcher-process.ts';
import { askedOf, type ReplayBench, startReplayBench, textsOf } from './replay-bench.ts';

let bench: ReplayBench;
beforeAll(async () => {
  bench = await startReplayBench();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => {
  bench.live.respond();
  bench.candidate.respond(({ turn }) => ({
    json: { text: `Candidate: ${turn.messages.at(-1)?.text}` },
  }));
  bench.candidate.calls.length = 0;
});

/** Once a person says this, the AI has the conversation again. */
async function byHand(conversationId: string, text: string, o: { thenResume: boolean }): Promise<void> {
  const { conversations } = bench.state;
  const { context } = bench.workspace;
  await conversations.sendMessage(SendMessageRequest.fromPartial({ context, conversationId, text, takeover: true }));
  if (o.thenResume) await conversations.resumeAi(ResumeAiRequest.fromPartial({ context, conversationId }));
}

async function messagesOf(conversationId: string) {
  const asked = ListMessagesRequest.fromPartial({ workspaceId: bench.workspace.workspaceId, conversationId, pageSize: 50, order: 'asc' });
  return (await bench.state.conversations.listMessages(asked)).messages;
}

it('past turns are put to another backend with the history of then, and no conversation hears of it', async () => {
  const customer = bench.newCustomer();
  const conversationId = await bench.talks(customer, 'one');
  await byHand(conversationId, 'I take over.', { thenResume: false });
  await bench.writes(customer, 'two');
  await eventually(async () => (await bench.dispatchesOf(conversationId))[0]?.reason === 'mode_human');
  await byHand(conversationId, 'Two is mine.', { thenResume: true });
  await bench.talks(customer, 'three');
  // What has left is told of as sent a moment later.
  await eventually(
    () => messagesOf(conversationId),
    (messages) => messages.every(({ direction, status }) => direction === 'inbound' || status === 'sent'),
  );
  const before = [await messagesOf(conversationId), await bench.dispatchesOf(conversationId), bench.provider.calls.length];

  const made = await bench.create({ conversationIds: [conversationId] });
  expect(made).toMatchObject({ status: 'queued', total: 2, done: 0, backend: { kind: 'webhook', hasSecret: true, secret: '' } });
  const replay = await bench.ended(made.replayId);
  expect(replay).toMatchObject({ status: 'completed', total: 2, done: 2, failed: 0, skipped: 0, backend: { hasSecret: false } });

  const calls = bench.candidate.calls.toSorted((a, b) => a.turn.messages.length - b.turn.messages.length);
  expect(calls.map(textsOf)).toEqual([
    ['user: one'],
    ['user: one', 'assistant: You said: one', 'operator: I take over.', 'user: two', 'operator: Two is mine.', 'user: three'],
  ]);
  expect(calls.map((call) => [call.signed, call.headers['baton-purpose']])).toEqual([
    [true, 'replay'],
    [true, 'replay'],
  ]);
  const turns = await bench.turnsOf(replay.replayId);
  expect(turns.map(({ answer }) => answer)).toMatchObject([
    { result: 'reply', messages: [{ text: 'Candidate: one' }], error: null, attempts: 1 },
    { result: 'reply', messages: [{ text: 'Candidate: three' }] },
  ]);
  // Under ids of their own: a backend that remembers the past answer by its dispatch must not give that one.
  const told = new Set(calls.map((call) => call.turn.dispatch_id));
  expect(turns.filter((turn) => told.has(turn.dispatchId))).toEqual([]);
  expect([await messagesOf(conversationId), await bench.dispatchesOf(conversationId), bench.provider.calls.length]).toEqual(before);

  const past = await bench.pastTurns.listPastTurns({
    workspaceId: bench.workspace.workspaceId,
    dispatchIds: turns.map((turn) => turn.dispatchId),
  });
  expect(past.turns.map(({ asked, answered }) => [...asked, ...answered].map((one) => `${one.author}: ${one.text}`))).toEqual([
    ['contact: one', 'ai: You said: one', 'human: I take over.'],
    ['contact: three', 'ai: You said: three'],
  ]);
});

it('what people answered is replayed when it is asked for, silence and hand-offs show, and a time or a number chooses turns', async () => {
  const customer = bench.newCustomer();
  const conversationId = await bench.talks(customer, 'first');
  await byHand(conversationId, 'Mine.', { thenResume: false });
  await bench.writes(customer, 'second');
  await eventually(async () => (await bench.dispatchesOf(conversationId))[0]?.reason === 'mode_human');
  await byHand(conversationId, 'Still mine.', { thenResume: true });
  bench.candidate.respond((call) =>
    askedOf(call) === 'first' ? { status: 204 } : { json: { handoff: { reason: 'asked', summary: 'They want more.' }, close: true } },
  );
  const { replayId } = await bench.create({ conversationIds: [conversationId], includeHuman: true });
  await bench.ended(replayId);
  const turns = await bench.turnsOf(replayId);
  expect(turns.map(({ answer }) => answer)).toMatchObject([
    { result: 'silent', messages: [], handoff: null, close: false },
    { result: 'reply', handoff: { reason: 'asked', summary: 'They want more.' }, close: true },
  ]);
  const dispatches = await bench.dispatchesOf(conversationId);
  const { workspaceId, agentId } = bench.workspace;
  const { turns: past } = await bench.pastTurns.listPastTurns({ workspaceId, dispatchIds: [turns[1]?.dispatchId ?? ''] });
  expect(past[0]?.answered.map((one) => `${one.author}: ${one.text}`)).toEqual(['human: Still mine.']);

  const newest = await bench.create({ agentId, limit: 1, includeHuman: true });
  expect((await bench.turnsOf(newest.replayId)).map((turn) => turn.dispatchId)).toEqual([dispatches[0]?.dispatchId]);
  const until = dispatches[0]!.createdAt!;
  const since = dispatches[1]!.createdAt!;
  const between = await bench.create({ conversationIds: [conversationId], agentId, since, until, includeHuman: true });
  expect((await bench.turnsOf(between.replayId)).map((turn) => turn.dispatchId)).toEqual([dispatches[1]?.dispatchId]);
  for (const one of [newest, between]) await bench.ended(one.replayId);
  expect(await bench.create({ agentId, since: new Date(Date.now() + 60_000) })).toMatchObject({ total: 0, status: 'completed' });
});

it('customers are answered while the backend of a replay hangs in all its places, and cancelling cuts it off', async () => {
  const conversationId = await bench.talks(bench.newCustomer(), 'a', 'b', 'c', 'd');
  bench.candidate.respond('hang');
  const one = await bench.create({ conversationIds: [conversationId] }, { commandId: 'once' });
  expect((await bench.create({ conversationIds: [conversationId] }, { commandId: 'once' })).replayId).toBe(one.replayId);
  const other = await bench.create({ conversationIds: [conversationId] });
  // Two of each: as many as a replay, and as an instance, may have.
  await bench.candidate.call(4);
  await expect(bench.create({ conversationIds: [conversationId] })).rejects.toMatchObject({ code: 'conflict' });
  await bench.talks(bench.newCustomer(), 'Are you there?');
  expect(bench.candidate.calls.map((call) => call.abandonedAt)).toEqual([undefined, undefined, undefined, undefined]);

  for (const { replayId } of [one, other]) {
    const { context } = bench.workspace;
    expect(await bench.replays.cancelReplay({ context, replayId })).toMatchObject({ status: 'cancelled', done: 0, skipped: 4, error: '' });
    expect(await bench.replays.cancelReplay({ context, replayId })).toMatchObject({ status: 'cancelled', skipped: 4 });
  }
  await eventually(() => bench.candidate.calls.every((call) => call.abandonedAt !== undefined));
  expect((await bench.turnsOf(one.replayId)).map((turn) => [turn.status, turn.answer])).toEqual(Array(4).fill(['skipped', null]));
  expect(bench.candidate.calls).toHaveLength(4);
});

it('what a killed dispatcher had in hand is asked by another, and what was done is not asked again', async () => {
  const conversationIds = [await bench.talks(bench.newCustomer(), '1', '2', '3', '4')];
  // Until it is killed the other one has no place for these.
  const busy = [await bench.talks(bench.newCustomer(), 'busy a', 'busy b')];
  bench.candidate.respond('hang');
  const fillers = [await bench.create({ conversationIds: busy }), await bench.create({ conversationIds: busy })];
  await bench.candidate.call(4);
  await using doomed = await startDispatcherProcess(bench.infra, bench.state.address);
  bench.candidate.respond((call) => (askedOf(call) === '1' ? { json: { text: 'Done.' } } : 'hang'));
  const { replayId } = await bench.create({ conversationIds }, { by: bench.clientOf(doomed.port) });
  // The first is done; two hang, which is all the places that a replay has anywhere.
  const asked = () => bench.candidate.calls.filter((call) => call.turn.conversation_id === conversationIds[0]);
  await eventually(asked, (calls) => calls.length === 3, { timeoutMs: 20_000, what: 'three questions' });
  await eventually(async () => (await bench.turnsOf(replayId)).filter((turn) => turn.status === 'done').length === 1);
  await doomed.kill9();
  bench.candidate.respond({ json: { text: 'Done by another.' } });
  for (const { replayId: other } of fillers) await bench.replays.cancelReplay({ context: bench.workspace.context, replayId: other });
  expect(await bench.ended(replayId, 30_000)).toMatchObject({ status: 'completed', done: 4 });
  const byText = Map.groupBy(asked(), askedOf);
  expect(Object.fromEntries([...byText].map(([text, calls]) => [text, calls.length]))).toEqual({ 1: 1, 2: 2, 3: 2, 4: 1 });
  for (const calls of byText.values()) expect(new Set(calls.map((call) => call.turn.dispatch_id)).size).toBe(1);
});

it('of a customer who is erased no replay keeps a word or asks again, nor is their secret kept once it has ended', async () => {
  await using owner = openDatabase({ url: bench.infra.postgres.urls.baton_owner, name: 'test', poolSize: 1 });
  const canary = 'xanadu-4411';
  const [customer, stays] = [bench.newCustomer(), bench.newCustomer()];
  const conversationIds = [
    await bench.talks(customer, canary, `${canary} again`, `${canary} and again`),
    await bench.talks(stays, 'stays'),
  ];
  const finished = await bench.create({ conversationIds });
  await bench.ended(finished.replayId);
  const theirs = (call: AiCall) => call.turn.conversation_id === conversationIds[0];
  bench.candidate.respond((call) => (theirs(call) ? 'hang' : { json: { text: 'for the one who stays' } }));
  const asked = bench.candidate.calls.length;
  const underway = await bench.create({ conversationIds });
  const inHand = () => bench.candidate.calls.slice(asked).filter(theirs);
  await eventually(inHand, (calls) => calls.length === 2, { what: 'as many questions as a replay may have under way' });
  const traces = async () => {
    const { rows } = await sql<{ text: string }>`select t::text as text from (select to_jsonb(r) as t from delivery.replay r
      union all select to_jsonb(r) from delivery.replay_turn r) x where position(${canary} in t::text) > 0`.execute(owner.db);
    return rows.length;
  };
  expect(await traces()).toBe(3);
  const { contactId } = (await bench.conversationOf(customer))!;
  await bench.contacts.eraseContact({ contactId, context: bench.workspace.context });
  await eventually(traces, (rows) => rows === 0);
  await eventually(inHand, (calls) => calls.every((call) => call.abandonedAt !== undefined));
  expect(await bench.ended(underway.replayId)).toMatchObject({ status: 'completed', done: 1, skipped: 3 });
  expect(await bench.create({ conversationIds })).toMatchObject({ total: 1 });
  expect((await bench.turnsOf(finished.replayId)).map((turn) => [turn.status, turn.answer !== null])).toEqual([
    ['done', false],
    ['done', false],
    ['done', false],
    ['done', true],
  ]);
  const { rows } = await sql<{ secrets: number }>`select count(*)::int as secrets from delivery.replay
    where ended_at is not null and backend -> 'secret' <> 'null'`.execute(owner.db);
  expect(rows).toEqual([{ secrets: 0 }]);
});

it('a replay is its workspace’s alone, and gone when it is deleted', async () => {
  const conversationId = await bench.talks(bench.newCustomer(), 'mine');
  const { replayId } = await bench.create({ conversationIds: [conversationId] });
  await bench.ended(replayId);
  const workspaceId = newId('workspace');
  const strangers = { context: { ...bench.workspace.context, workspaceId }, replayId };
  const page = { workspaceId, pageSize: 10, cursor: '' };
  await expect(bench.replays.getReplay({ workspaceId, replayId })).rejects.toMatchObject({ code: 'not_found' });
  await expect(bench.replays.listReplayTurns({ ...page, replayId })).rejects.toMatchObject({ code: 'not_found' });
  await expect(bench.replays.cancelReplay(strangers)).rejects.toMatchObject({ code: 'not_found' });
  expect((await bench.replays.listReplays(page)).replays).toEqual([]);
  await bench.replays.deleteReplay(strangers);
  for (const selection of [{ agentId: '', conversationIds: [conversationId] }, { agentId: bench.workspace.agentId }])
    await expect(bench.create(selection, { workspaceId })).rejects.toMatchObject({ code: 'not_found' });

  const own = { context: bench.workspace.context, replayId };
  expect(await bench.turnsOf(replayId)).toHaveLength(1);
  await bench.replays.deleteReplay(own);
  await bench.replays.deleteReplay(own);
  await expect(bench.turnsOf(replayId)).rejects.toMatchObject({ code: 'not_found' });
});

it('a backend is checked as an agent’s is, and one that refuses is told turn by turn', async () => {
  const conversationId = await bench.talks(bench.newCustomer(), 'question');
  const conversationIds = [conversationId];
  const refused = (backend: object) => expect(bench.create({ conversationIds }, { backend })).rejects;
  await refused({ kind: 'none' }).toMatchObject({ code: 'validation_error' });
  await refused({ kind: 'webhook', url: 'ftp://example.com' }).toMatchObject({ code: 'validation_error' });
  await refused({ kind: 'openai', url: 'https://models.example/v1' }).toMatchObject({ code: 'validation_error' });
  // Only an agent that is named has a secret to lend.
  const unnamed = bench.create({ conversationIds, agentId: '' });
  await expect(unnamed).rejects.toMatchObject({ code: 'validation_error', problems: [{ path: '/backend/secret' }] });
  const forbidden = await bench.create({ conversationIds }, { backend: { kind: 'webhook', url: 'http://10.0.0.1/turn' } });
  expect(await bench.ended(forbidden.replayId)).toMatchObject({ status: 'completed', failed: 1, done: 0 });
  expect((await bench.turnsOf(forbidden.replayId))[0]).toMatchObject({ status: 'failed', answer: { result: 'failed', messages: [] } });
  bench.candidate.respond({ status: 400 });
  const unhappy = await bench.create({ conversationIds });
  await bench.ended(unhappy.replayId);
  expect((await bench.turnsOf(unhappy.replayId))[0]?.answer).toMatchObject({ error: 'the backend answered 400', attempts: 1 });
});
