import { newId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeAi, startFakeAi } from '@baton/testkit/fake-ai.ts';
import { type HttpStub, startHttpStub } from '@baton/testkit/http-stub.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Service } from '../src/service.ts';
import { type Harness, pendingMessage, startHarness, webhookSecret } from './harness.ts';
import { accepted, noTurn, startTurnServiceDouble, type TurnServiceDouble, turnFor } from './turn-service-double.ts';

let harness: Harness;
let ai: FakeAi;
let state: TurnServiceDouble;
let service: Service;

beforeAll(async () => {
  harness = await startHarness();
  ai = await startFakeAi({ secret: webhookSecret });
  await harness.putAgent('agt_echo', { kind: 'echo' });
  await harness.putAgent('agt_hook', { kind: 'webhook', url: ai.url, secret: webhookSecret });
  await harness.putAgent('agt_private', { kind: 'webhook', url: 'http://169.254.169.254/latest/meta-data' });
});
afterAll(async () => {
  await ai[Symbol.asyncDispose]();
  await harness[Symbol.asyncDispose]();
});
beforeEach(async () => {
  ai.calls.length = 0;
  ai.respond();
  state = await startTurnServiceDouble();
  service = await harness.dispatcher({ conversationStateAddress: state.address });
});
afterEach(async () => {
  await service[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

/** A customer wrote to that agent, and a turn is pending. */
async function customerWrites(agentId = 'agt_hook', more: Parameters<typeof turnFor>[1] = {}) {
  const [conversationId, dispatchId] = [newId('conversation'), newId('dispatch')];
  state.onBegin = (begin) => ({ result: { $case: 'turn', value: turnFor(begin, { agentId, ...more }) } });
  await harness.emit('message.received', { conversationId, agentId, payload: pendingMessage(dispatchId) });
  return { conversationId, dispatchId };
}

const commit = (nth = 1) => eventually(() => state.commits[nth - 1], Boolean, { what: `commit number ${nth}` }).then((found) => found!);
const committed = async () => (await commit()).result;
const failure = (error: string) => ({ $case: 'failure', value: { error } });

describe('a turn', () => {
  it('of the echo backend says back what the customer wrote', async () => {
    const { dispatchId, conversationId } = await customerWrites('agt_echo');
    expect(await commit()).toMatchObject({
      dispatchId,
      conversationId,
      modeEpoch: 1,
      attempts: 1,
      result: { $case: 'reply', value: { messages: [{ text: 'Echo: hello', attachments: [] }] } },
    });
    await harness.drained('dispatcher-turns');
    expect(state.begins).toHaveLength(1);
    expect(state.begins[0]).toMatchObject({ dispatchId, redelivered: false });
  });

  it('is begun neither for a message that needs none nor for one that waits for more', async () => {
    const conversationId = newId('conversation');
    await harness.emit('message.received', { conversationId, payload: pendingMessage('dsp_a', { outcome: 'suppressed' }) });
    await harness.emit('message.received', { conversationId, payload: pendingMessage('dsp_b', { dueAt: new Date().toISOString() }) });
    await harness.emit('message.received', { conversationId, payload: { message_id: 'msg_1', dispatch: null } });
    await harness.emit('dispatch.ready', { conversationId, payload: { dispatch_id: 'dsp_b', recover: false } });
    await commit();
    await harness.drained('dispatcher-turns');
    expect(state.begins.map((begin) => begin.dispatchId)).toEqual(['dsp_b']);
  });

  it('of a webhook is a signed request with the dispatch as its id', async () => {
    const { dispatchId, conversationId } = await customerWrites();
    const call = await ai.call(1);
    expect(call.signed).toBe(true);
    expect(call.headers).toMatchObject({ 'webhook-id': dispatchId, 'content-type': 'application/json' });
    expect(call.turn).toMatchObject({
      dispatch_id: dispatchId,
      conversation_id: conversationId,
      agent_id: 'agt_hook',
      new_message_ids: ['msg_1'],
    });
    expect(await commit()).toMatchObject({
      attempts: 1,
      latencyMs: expect.any(Number),
      result: { $case: 'reply', value: { messages: [{ text: 'You said: hello' }] } },
    });
  });

  it('hands its trace on to the backend', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const conversationId = newId('conversation');
    state.onBegin = (begin) => ({ result: { $case: 'turn', value: turnFor(begin, { agentId: 'agt_hook' }) } });
    await harness.emit('message.received', {
      conversationId,
      agentId: 'agt_hook',
      payload: pendingMessage(newId('dispatch')),
      traceparent,
    });
    expect((await ai.call(1)).headers['traceparent']).toBe(traceparent);
  });

  it('that is told to begin again by a recovery says so', async () => {
    await harness.emit('dispatch.ready', { conversationId: newId('conversation'), payload: { dispatch_id: 'dsp_lost', recover: true } });
    await commit();
    expect(state.begins[0]).toMatchObject({ dispatchId: 'dsp_lost', redelivered: true });
  });

  it.each(['settled', 'busy', 'suppressed', 'not_found'])('that conversation-state answers with %s is over', async (kind) => {
    const dispatchId = newId('dispatch');
    state.onBegin = () => noTurn(kind);
    await harness.emit('message.received', { conversationId: newId('conversation'), payload: pendingMessage(dispatchId) });
    await eventually(() => state.begins.length === 1);
    await harness.drained('dispatcher-turns');
    expect(state.commits).toHaveLength(0);
  });

  it('that runs elsewhere is left to whoever runs it: the AI is not asked beside them', async () => {
    state.onBegin = () => noTurn('held');
    await harness.emit('message.received', { conversationId: newId('conversation'), payload: pendingMessage(newId('dispatch')) });
    await eventually(() => state.begins.length === 1);
    await harness.drained('dispatcher-turns');
    expect(state.begins).toHaveLength(1);
  });

  it('whose BeginTurn got through unheard is begun again, as redelivered', async () => {
    const begun = new Set<string>();
    state.onBegin = (begin, nth) => {
      if (begun.has(begin.dispatchId) && !begin.redelivered) return noTurn('held');
      begun.add(begin.dispatchId);
      if (nth === 1) throw new BatonError('unavailable', 'killed after the commit');
      return { result: { $case: 'turn', value: turnFor(begin) } };
    };
    await harness.emit('message.received', { conversationId: newId('conversation'), payload: pendingMessage(newId('dispatch')) });
    await commit();
    expect(state.begins.map((begin) => begin.redelivered)).toEqual([false, true]);
  });
});

describe('an AI backend', () => {
  it('that is overloaded is asked again with the same dispatch id, not before it said', async () => {
    ai.respond((_, nth) =>
      nth === 1 ? { status: 503 } : nth === 2 ? { status: 429, headers: { 'retry-after': '1' } } : { json: { text: 'at last' } },
    );
    const { dispatchId } = await customerWrites();
    expect(await commit()).toMatchObject({ attempts: 3, result: { $case: 'reply', value: { messages: [{ text: 'at last' }] } } });
    expect(ai.calls.map((call) => call.headers['webhook-id'])).toEqual([dispatchId, dispatchId, dispatchId]);
    expect(ai.calls.every((call) => call.signed)).toBe(true);
    expect(ai.calls[2]!.at - ai.calls[1]!.at).toBeGreaterThanOrEqual(1000);
  });

  it('that breaks the connection is asked again', async () => {
    ai.respond((_, nth) => (nth === 1 ? 'reset' : { json: { text: 'back' } }));
    await customerWrites();
    expect(await commit()).toMatchObject({ attempts: 2, result: { $case: 'reply' } });
  });

  it('that never recovers fails the turn before its deadline', async () => {
    ai.respond({ status: 500 });
    const deadline = new Date(Date.now() + 2000);
    await customerWrites('agt_hook', { deadline });
    expect(await committed()).toEqual(failure('the backend answered 500'));
    expect(ai.calls.length).toBeGreaterThan(1);
    expect(ai.calls.every((call) => call.at < deadline.getTime())).toBe(true);
  });

  it('that hangs is given up at the deadline', async () => {
    ai.respond('hang');
    await customerWrites('agt_hook', { deadline: new Date(Date.now() + 500) });
    expect((await committed())?.$case).toBe('failure');
  });

  it.each([
    [{ status: 200, json: { text: 5 } }, 'text must be a text'],
    [{ status: 200 }, 'the answer is no JSON'],
    [{ status: 200, json: { text: 'x'.repeat(1024 ** 2) } }, 'the answer is larger than 1048576 bytes'],
    [{ status: 404 }, 'the backend answered 404'],
    [{ status: 302, headers: { location: 'http://169.254.169.254/' } }, 'the backend answered 302'],
  ])('that answers nonsense (case %#) fails the turn at once: %s', async (answer, error) => {
    ai.respond(answer);
    await customerWrites();
    expect(await committed()).toEqual(failure(error));
    expect(ai.calls).toHaveLength(1);
  });

  it('may be silent', async () => {
    ai.respond({ status: 204 });
    await customerWrites();
    expect(await committed()).toMatchObject({ $case: 'reply', value: { messages: [] } });
  });

  it('may answer later', async () => {
    ai.respond({ status: 202 });
    await customerWrites();
    expect(await committed()).toEqual({ $case: 'deferred', value: {} });
    await harness.drained('dispatcher-turns');
  });

  it('at an address that may not be reached is not called, and the turn fails with the reason', async () => {
    await customerWrites('agt_private');
    expect(await committed()).toEqual(
      failure('the address may not be reached (linkLocal); the operator can allow it in BATON_EGRESS_ALLOW'),
    );
  });
});

describe('a takeover', () => {
  it('cuts off the call in flight', async () => {
    ai.respond('hang');
    const { conversationId } = await customerWrites();
    const call = await ai.call(1);
    await harness.emit('conversation.mode_changed', {
      conversationId,
      payload: { conversation_id: conversationId, from_mode: 'ai', to_mode: 'human', mode_epoch: 2 },
    });
    expect(await committed()).toEqual(failure('aborted'));
    await eventually(() => call.abandonedAt !== undefined);
    expect(ai.calls).toHaveLength(1);
  });

  it('ends the waiting between two attempts', async () => {
    ai.respond({ status: 503, headers: { 'retry-after': '20' } });
    const { conversationId } = await customerWrites();
    await ai.call(1);
    await harness.emit('conversation.mode_changed', {
      conversationId,
      payload: { conversation_id: conversationId, from_mode: 'ai', to_mode: 'human', mode_epoch: 2 },
    });
    expect(await committed()).toEqual(failure('aborted'));
  });

  it('does not disturb a turn that began after it', async () => {
    ai.respond({ json: { text: 'mine' }, delayMs: 200 });
    const { conversationId } = await customerWrites('agt_hook', { modeEpoch: 3 });
    await ai.call(1);
    for (const mode_epoch of [2, 3])
      await harness.emit('conversation.mode_changed', {
        conversationId,
        payload: { conversation_id: conversationId, from_mode: 'human', to_mode: 'ai', mode_epoch },
      });
    expect(await committed()).toMatchObject({ $case: 'reply' });
  });

  it('by a newer turn cuts off the one it replaces, which commits nothing', async () => {
    ai.respond((_, nth) => (nth === 1 ? 'hang' : { json: { text: 'both answered' } }));
    const old = await customerWrites();
    await ai.call(1);
    await customerWrites('agt_hook', { supersededDispatchId: old.dispatchId });
    await commit();
    await harness.drained('dispatcher-turns');
    expect(state.commits).toHaveLength(1);
    expect(state.commits[0]!.dispatchId).not.toBe(old.dispatchId);
  });
});

describe('a sign that somebody writes', () => {
  const signs: { url: string; body: string }[] = [];
  let telegram: HttpStub;
  let status = 200;
  const to = (chat: string) => signs.filter(({ body }) => String(JSON.parse(body).chat_id) === chat).length;
  const typing = (chat: string) => ({
    ...{ channel: 'telegram', channelAccountId: 'chn_telegram' },
    typing: { from: 'our_bot', to: chat, inboundId: '7', metadata: {} },
  });
  beforeAll(async () => {
    telegram = await startHttpStub(async (request) => {
      signs.push({ url: request.path, body: request.raw });
      return { status, json: { ok: true, result: true } };
    });
    const credentials = { bot_token: '12345:abcdefghijklmnopqrstuvwxyz', secret_token: 's', api_base: telegram.url };
    await harness.putAccount('chn_telegram', { provider: 'telegram', credentials });
  });
  afterAll(() => telegram[Symbol.asyncDispose]());

  it('is shown while the AI thinks, and no more once a person has taken over', async () => {
    ai.respond('hang');
    const takeOver = (conversationId: string) =>
      harness.emit('conversation.mode_changed', {
        conversationId,
        payload: { conversation_id: conversationId, from_mode: 'ai', to_mode: 'human', mode_epoch: 2 },
      });
    const first = await customerWrites('agt_hook', typing('111'));
    await eventually(() => to('111') === 1);
    expect(signs[0]).toMatchObject({ url: expect.stringMatching(/sendChatAction$/), body: expect.stringContaining('"typing"') });
    await takeOver(first.conversationId);
    await commit();
    // Another turn thinks until its second sign: the first one's would have come before.
    const second = await customerWrites('agt_hook', typing('222'));
    await eventually(() => to('222') === 2, Boolean, { timeoutMs: 15_000 });
    expect(to('111')).toBe(1);
    await takeOver(second.conversationId);
    await commit(2);
  });

  it('that the provider refuses is the last of its turn, and the turn goes on', async () => {
    status = 403;
    const answer = Promise.withResolvers<void>();
    ai.respond(async () => {
      await answer.promise;
      return { json: { text: 'All the same.' } };
    });
    await customerWrites('agt_hook', typing('333'));
    await eventually(() => to('333') === 1);
    answer.resolve();
    expect(await committed()).toMatchObject({ $case: 'reply', value: { messages: [{ text: 'All the same.' }] } });
    status = 200;
  });
});

describe('when conversation-state fails', () => {
  it('an answer of the AI is held until it can be committed, and the AI is not asked twice', async () => {
    await customerWrites('agt_hook');
    state.onCommit = (_, nth) => {
      if (nth <= 3) throw new BatonError('unavailable', 'restarting');
      return accepted();
    };
    await eventually(() => state.commits.length >= 4);
    await harness.drained('dispatcher-turns');
    expect(ai.calls).toHaveLength(1);
  });

  it('a turn whose beginning it has lost begins again, with the same id', async () => {
    const { dispatchId } = await customerWrites('agt_hook');
    state.onCommit = (_, nth) => (nth === 1 ? { ...accepted(undefined, 'not_begun'), outcome: 'pending' } : accepted());
    await commit(2);
    await harness.drained('dispatcher-turns');
    expect(state.begins.map((begin) => [begin.dispatchId, begin.redelivered])).toEqual([
      [dispatchId, false],
      [dispatchId, true],
    ]);
    expect(ai.calls).toHaveLength(2);
  });

  it('a turn that could not begin is tried again until it can', async () => {
    const dispatchId = newId('dispatch');
    state.onBegin = (begin, nth) => {
      if (nth <= 10) throw new BatonError('unavailable', 'restarting');
      return { result: { $case: 'turn', value: turnFor(begin) } };
    };
    await harness.emit('message.received', { conversationId: newId('conversation'), payload: pendingMessage(dispatchId) });
    expect((await commit()).dispatchId).toBe(dispatchId);
  });

  it('one turn that it cannot bear does not take its neighbours along', async () => {
    const ids = Array.from({ length: 20 }, () => newId('dispatch'));
    state.onBegin = (begin) => {
      if (begin.dispatchId === ids[7]) throw new BatonError('internal', 'poison');
      return { result: { $case: 'turn', value: turnFor(begin) } };
    };
    for (const id of ids) await harness.emit('message.received', { conversationId: newId('conversation'), payload: pendingMessage(id) });
    await eventually(() => new Set(state.commits.map((one) => one.dispatchId)).size === 19);
    expect(state.commits.map((one) => one.dispatchId)).not.toContain(ids[7]);
    await harness.drained('dispatcher-turns');
  });
});

it('a turn in the hands of an instance that stops is begun again by another', async () => {
  ai.respond((_, nth) => (nth === 1 ? 'hang' : { json: { text: 'from the other one' } }));
  const { dispatchId } = await customerWrites();
  await ai.call(1);
  await using _other = await harness.dispatcher({ conversationStateAddress: state.address });
  await service[Symbol.asyncDispose]();
  expect(await commit()).toMatchObject({ dispatchId, result: { $case: 'reply', value: { messages: [{ text: 'from the other one' }] } } });
  expect(state.begins.map((begin) => begin.redelivered)).toEqual([false, true]);
});
