import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeProvider, startFakeProvider } from '@baton/testkit/fake-provider.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../src/config.ts';
import type { Service } from '../src/service.ts';
import { type Harness, pendingMessage, startHarness, webhookSecret, workspaceId } from './harness.ts';
import { accepted, noTurn, outboundFor, startTurnServiceDouble, type TurnServiceDouble, turnFor } from './turn-service-double.ts';

const twilioKeys = { account_sid: 'AC0123456789abcdef0123456789abcdef', auth_token: 'secret' };

let harness: Harness;
let provider: FakeProvider;
let state: TurnServiceDouble;
let service: Service;

beforeAll(async () => {
  harness = await startHarness();
  provider = await startFakeProvider({ twilio: twilioKeys, http: { secret: webhookSecret } });
  await harness.putAgent('agt_echo', { kind: 'echo' });
  await harness.putAccount('chn_http', { provider: 'http', credentials: { secret: webhookSecret, outbound_url: provider.httpUrl } });
  await harness.putAccount('chn_twilio', { provider: 'twilio', credentials: { ...twilioKeys, api_base: provider.url } });
  await harness.putAccount('chn_nobody', { provider: 'twilio', credentials: { ...twilioKeys, api_base: 'http://127.0.0.1:1' } });
});
afterAll(async () => {
  await provider[Symbol.asyncDispose]();
  await harness[Symbol.asyncDispose]();
});
beforeEach(async () => {
  provider.calls.length = 0;
  provider.respond();
  state = await startTurnServiceDouble();
  await start();
});
afterEach(async () => {
  await service[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

async function start(more: Partial<Config> = {}): Promise<void> {
  service = await harness.dispatcher({ conversationStateAddress: state.address, ...more });
}

async function restart(more: Partial<Config>): Promise<void> {
  await service[Symbol.asyncDispose]();
  await start(more);
}

/**
 * Conversation-state's part of one turn, as its contract describes it: the first commit settles the turn and, with a claimant, claims the message; whoever
 * repeats it gets the same answer; who begins it again hears what is not out yet; who claims it again is told of the doubt.
 */
async function customerWrites(channelAccountId: string, answers: { lose?: number; refuse?: boolean } = {}) {
  const [conversationId, dispatchId] = [newId('conversation'), newId('dispatch')];
  const message = outboundFor({ messageId: newId('message'), workspaceId, conversationId }, { channelAccountId });
  let claimant: string | undefined;
  const lost = () => {
    if (answers.refuse) throw new BatonError('internal', 'the answer is lost');
    if ((answers.lose ?? 0) >= state.commits.length) throw new BatonError('unavailable', 'the answer is lost');
  };
  state.onBegin = (begin) => {
    if (claimant === undefined) return { result: { $case: 'turn', value: turnFor(begin, { channelAccountId }) } };
    return noTurn('settled', isOut(message) ? [] : [message.messageId, 'msg_that_waits_behind_it']);
  };
  state.onCommit = (reply) => {
    const settled = claimant !== undefined;
    claimant ??= reply.claimant;
    lost();
    const claimed = claimant !== '' && claimant === reply.claimant && !isOut(message) ? message : undefined;
    return accepted(claimed, settled ? 'already_settled' : 'committed');
  };
  state.onClaim = (send) => {
    if (isOut(message)) return { kind: 'settled', message: undefined };
    const mine = send.claimant === claimant || send.insteadOfClaim === message.claim;
    return { kind: mine ? 'claimed' : 'in_doubt', message };
  };
  await harness.emit('message.received', { conversationId, payload: pendingMessage(dispatchId) });
  return { conversationId, dispatchId, messageId: message.messageId };
}

const isOut = (message: OutboundMessage) => state.records.some((record) => record.messageId === message.messageId);
const recorded = () => eventually(() => state.records[0], Boolean, { what: 'a recorded result' }).then((found) => found!);
const settled = () => harness.drained('dispatcher-turns');
const called = (nth = 1) => eventually(() => provider.calls[nth - 1], Boolean, { what: `call ${nth} of the provider` });
const keys = () => provider.calls.map((call) => call.request.headers['webhook-id']);
const inHand = async () => (await harness.bus.jsm.consumers.info('EVENTS', 'dispatcher-turns')).num_ack_pending;

/** The provider answers when told so. */
function heldProvider() {
  const held = Promise.withResolvers<void>();
  provider.respond(() => held.promise.then(() => 'accept' as const));
  return held;
}

describe('a reply that was claimed with its acceptance', () => {
  it('goes to its provider at once, without a claim of its own', async () => {
    const { messageId } = await customerWrites('chn_http');
    expect(await recorded()).toMatchObject({ messageId, claim: 1, outcome: 'sent' });
    await settled();
    expect(keys()).toEqual([messageId]);
    expect(state.commits).toHaveLength(1);
    expect(state.commits[0]!.claimant).not.toBe('');
    expect(state.claims).toEqual([]);
  });

  it('holds the turn’s signal until the provider has answered', async () => {
    const held = heldProvider();
    await customerWrites('chn_http');
    await called();
    expect([await inHand(), state.records.length]).toEqual([1, 0]);
    held.resolve();
    await settled();
    expect(state.records).toMatchObject([{ outcome: 'sent' }]);
  });

  it('is sent once although the answer to its commit was lost, twice', async () => {
    const { messageId } = await customerWrites('chn_twilio', { lose: 2 });
    expect(await recorded()).toMatchObject({ messageId, outcome: 'sent' });
    await settled();
    expect(new Set(state.commits.map((commit) => commit.claimant)).size).toBe(1);
    expect([state.commits.length, provider.calls.length, state.claims.length]).toEqual([3, 1, 0]);
  });

  it('goes back to the queue when it surely was not sent, and the turn is over', async () => {
    provider.respond({ status: 429, headers: { 'retry-after': '40' }, json: { code: 20429, message: 'Too Many Requests' } });
    await customerWrites('chn_twilio');
    expect(await recorded()).toMatchObject({ outcome: 'requeue', retryAfterMs: 40_000 });
    await settled();
    expect(state.begins).toHaveLength(1);
  });

  it('is sent, and recorded as sent, although a person takes over while the provider has it', async () => {
    const held = heldProvider();
    const { conversationId, messageId } = await customerWrites('chn_http');
    await called();
    await harness.emit('conversation.mode_changed', {
      conversationId,
      payload: { conversation_id: conversationId, from_mode: 'ai', to_mode: 'human', mode_epoch: 2 },
    });
    await harness.bus.nc.flush();
    held.resolve();
    expect(await recorded()).toMatchObject({ messageId, outcome: 'sent' });
    await settled();
    expect([state.commits.length, provider.calls.length]).toEqual([1, 1]);
  });

  it('is waited for when the service is told to stop', async () => {
    const held = heldProvider();
    const { messageId } = await customerWrites('chn_http');
    await called();
    const stopped = service[Symbol.asyncDispose]();
    held.resolve();
    await stopped;
    expect(state.records).toMatchObject([{ messageId, outcome: 'sent' }]);
    await settled();
  });
});

describe('a reply whose sender was lost between commit and send', () => {
  it('is sent by whoever gets the signal next, under the same id, where that is harmless', async () => {
    const { messageId } = await customerWrites('chn_http', { refuse: true });
    expect(await recorded()).toMatchObject({ messageId, claim: 1, outcome: 'sent' });
    await settled();
    expect(keys()).toEqual([messageId]);
    expect(state.begins.map((begin) => begin.redelivered)).toEqual([false, true]);
  });

  it('is unknown where a repeat could reach the customer twice', async () => {
    const { messageId } = await customerWrites('chn_twilio', { refuse: true });
    expect(await recorded()).toMatchObject({ messageId, claim: 1, outcome: 'unknown' });
    await settled();
    expect(provider.calls).toEqual([]);
  });

  it('is repeated with the same id when the provider may have it', async () => {
    provider.respond((_, nth) => (nth === 1 ? 'accept-then-reset' : 'accept'));
    const { messageId } = await customerWrites('chn_http');
    expect(await recorded()).toMatchObject({ messageId, outcome: 'sent' });
    await settled();
    expect(keys()).toEqual([messageId, messageId]);
    expect(state.commits).toHaveLength(1);
  });

  it('is asked about alone: what waits behind it has a signal of its own', async () => {
    const { messageId } = await customerWrites('chn_http', { refuse: true });
    await recorded();
    await settled();
    expect(state.claims.filter((one) => one.insteadOfClaim === 0)).toMatchObject([{ messageId, redelivered: true }]);
  });

  it('is claimed by an instance that takes over, while the first one is cut off at the provider', async () => {
    provider.respond((_, nth) => (nth === 1 ? 'accept-then-hang' : 'accept'));
    await restart({ drainMs: 0, sendTimeoutMs: 20_000 });
    const { messageId } = await customerWrites('chn_http');
    await called();
    await service[Symbol.asyncDispose]();
    await start();
    expect(await recorded()).toMatchObject({ messageId, outcome: 'sent' });
    expect(keys()).toEqual([messageId, messageId]);
  }, 40_000);
});

describe('a reply waits in the queue, unclaimed,', () => {
  const claimants = () => state.commits.map((commit) => commit.claimant !== '');

  it('when the breaker of its account is open, also once the pause is over: the first try belongs to the queue', async () => {
    state.onClaim = (send) => ({ kind: 'claimed', message: outboundFor(send, { channelAccountId: 'chn_nobody' }) });
    for (let i = 1; i <= 5; i++) {
      await harness.emit('send.ready', { conversationId: newId('conversation'), payload: { message_id: newId('message') } });
      await eventually(() => state.records.length === i);
    }
    const opened = Date.now();
    await customerWrites('chn_nobody');
    await eventually(() => state.commits.length === 1);
    await eventually(() => Date.now() - opened > 1000);
    await customerWrites('chn_nobody');
    await eventually(() => state.commits.length === 2);
    await customerWrites('chn_http');
    await eventually(() => state.commits.length === 3);
    expect(claimants()).toEqual([false, false, true]);
    expect(state.records.filter((record) => record.outcome === 'requeue')).toHaveLength(5);
  });

  it('when its account has been slow for a while and has its share of the places', async () => {
    await restart({ sends: 2, sendTimeoutMs: 20_000 });
    const held = heldProvider();
    await customerWrites('chn_http');
    const first = await called();
    await eventually(() => Date.now() - first!.at > 2000);
    await customerWrites('chn_http');
    await eventually(() => state.commits.length === 2);
    await customerWrites('chn_twilio');
    await eventually(() => state.commits.length === 3);
    expect(claimants()).toEqual([true, false, true]);
    held.resolve();
    await settled();
  });

  it('when half of the instance’s turns are at providers already', async () => {
    await restart({ turns: 2, sendTimeoutMs: 20_000 });
    const held = heldProvider();
    await customerWrites('chn_http');
    await called();
    await customerWrites('chn_twilio');
    await eventually(() => state.commits.length === 2);
    expect(claimants()).toEqual([true, false]);
    held.resolve();
    await settled();
    await customerWrites('chn_http');
    await eventually(() => state.commits.length === 3);
    expect(claimants()).toEqual([true, false, true]);
  });

  it('when there is nothing to send', async () => {
    state.onBegin = (begin) => ({ result: { $case: 'turn', value: turnFor(begin, { agentId: 'agt_gone' }) } });
    await harness.emit('message.received', { conversationId: newId('conversation'), payload: pendingMessage(newId('dispatch')) });
    await eventually(() => state.commits.length === 1);
    expect(state.commits[0]).toMatchObject({ claimant: '', result: { $case: 'failure' } });
  });
});

it('a slow provider does not make the agent look slow', async () => {
  await restart({ turns: 4, sendTimeoutMs: 20_000 });
  const held = heldProvider();
  for (let turn = 1; turn <= 2; turn++) {
    await customerWrites('chn_http');
    await called(turn);
  }
  const last = provider.calls[1]!;
  await eventually(() => Date.now() - last.at > 2000);
  await customerWrites('chn_twilio');
  await eventually(() => state.commits.length === 3);
  // Put back for want of a place it would have come as redelivered.
  expect(state.begins.map((begin) => begin.redelivered)).toEqual([false, false, false]);
  held.resolve();
  await settled();
});
