import { newId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeProvider, startFakeProvider } from '@baton/testkit/fake-provider.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Service } from '../src/service.ts';
import { type Harness, startHarness, webhookSecret } from './harness.ts';
import { outboundFor, startTurnServiceDouble, type TurnServiceDouble } from './turn-service-double.ts';

const twilioKeys = { account_sid: 'AC0123456789abcdef0123456789abcdef', auth_token: 'secret' };

let harness: Harness;
let provider: FakeProvider;
let state: TurnServiceDouble;
let service: Service;

beforeAll(async () => {
  harness = await startHarness();
  provider = await startFakeProvider({ twilio: twilioKeys, http: { secret: webhookSecret } });
  await harness.putAccount('chn_http', { provider: 'http', credentials: { secret: webhookSecret, outbound_url: provider.httpUrl } });
  await harness.putAccount('chn_twilio', { provider: 'twilio', credentials: { ...twilioKeys, api_base: provider.url } });
  await harness.putAccount('chn_nobody', { provider: 'twilio', credentials: { ...twilioKeys, api_base: 'http://127.0.0.1:1' } });
  await harness.putAccount('chn_private', { provider: 'http', credentials: { secret: webhookSecret, outbound_url: 'http://10.0.0.1/' } });
  await harness.putAccount('chn_off', { provider: 'http', enabled: false, credentials: {} });
  await harness.putAccount('chn_bare', { provider: 'twilio', credentials: {} });
});
afterAll(async () => {
  await provider[Symbol.asyncDispose]();
  await harness[Symbol.asyncDispose]();
});
beforeEach(async () => {
  provider.calls.length = 0;
  provider.respond();
  state = await startTurnServiceDouble();
  service = await harness.dispatcher({ conversationStateAddress: state.address });
});
afterEach(async () => {
  await service[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

type Claim = Parameters<typeof outboundFor>[1] & { kind?: string };

/** A message was queued for that account; the nth claim of it is answered so. */
async function queued(channelAccountId: string, claim: (nth: number) => Claim = () => ({})): Promise<string> {
  const messageId = newId('message');
  let nth = 0;
  state.onClaim = (send) => {
    nth++;
    const { kind = 'claimed', ...more } = claim(nth);
    return { kind, message: kind === 'claimed' || kind === 'in_doubt' ? outboundFor(send, { channelAccountId, ...more }) : undefined };
  };
  await harness.emit('send.ready', {
    conversationId: newId('conversation'),
    payload: { message_id: messageId, channel_account_id: channelAccountId },
  });
  return messageId;
}

const recorded = () => eventually(() => state.records[0], Boolean, { what: 'a recorded result' }).then((found) => found!);
const settled = () => harness.drained('dispatcher-sends');

describe('a queued message', () => {
  it('is claimed, handed to its provider once, and recorded with the provider’s id', async () => {
    const messageId = await queued('chn_twilio');
    const record = await recorded();
    await settled();
    expect(provider.calls).toHaveLength(1);
    expect(provider.calls[0]).toMatchObject({
      kind: 'twilio',
      to: '+15550199',
      from: '+15550100',
      text: 'hello from Baton',
      accepted: true,
    });
    expect(record).toMatchObject({ messageId, claim: 1, outcome: 'sent', providerMessageId: provider.calls[0]!.providerMessageId });
    expect(record.occurredAt).toBeInstanceOf(Date);
    expect(state.claims).toEqual([expect.objectContaining({ messageId, redelivered: false })]);
  });

  it('whose signal does not say where it goes is claimed all the same', async () => {
    state.onClaim = (send) => ({ kind: 'claimed', message: outboundFor(send) });
    await harness.emit('send.ready', { conversationId: newId('conversation'), payload: { message_id: newId('message') } });
    expect(await recorded()).toMatchObject({ outcome: 'sent' });
  });

  it.each(['cancelled', 'settled', 'waits', 'not_found'])('whose claim is answered with %s does not leave', async (kind) => {
    await queued('chn_twilio', () => ({ kind }));
    await eventually(() => state.claims.length === 1);
    await settled();
    expect(provider.calls).toHaveLength(0);
    expect(state.records).toHaveLength(0);
  });

  it('whose provider refuses it has failed, with a code', async () => {
    await queued('chn_twilio', () => ({ to: 'nonsense' }));
    expect(await recorded()).toMatchObject({ outcome: 'failed', errorCode: expect.stringMatching(/./) });
  });

  it.each([
    ['chn_off', 'channel_unavailable'],
    ['chn_gone', 'channel_unavailable'],
    ['chn_bare', 'channel_misconfigured'],
    ['chn_private', 'egress_refused'],
  ])('of the account %s fails as %s', async (account, code) => {
    await queued(account);
    expect(await recorded()).toMatchObject({ outcome: 'failed', errorCode: code });
    expect(provider.calls).toHaveLength(0);
  });
});

describe('a send that surely did not happen', () => {
  it('goes back to the queue when nobody could be reached', async () => {
    await queued('chn_nobody');
    const record = await recorded();
    expect(record).toMatchObject({ outcome: 'requeue', claim: 1 });
    expect(record.retryAfterMs).toBeGreaterThanOrEqual(500);
  });

  it('waits longer with every claim', async () => {
    await queued('chn_nobody', () => ({ claim: 4 }));
    expect((await recorded()).retryAfterMs).toBeGreaterThanOrEqual(13_500);
  });

  it('goes back when the provider has too much to do, for as long as it says', async () => {
    provider.respond({ status: 429, headers: { 'retry-after': '40' }, json: { code: 20429, message: 'Too Many Requests' } });
    await queued('chn_twilio');
    expect(await recorded()).toMatchObject({ outcome: 'requeue', retryAfterMs: 40_000 });
  });

  it('is tried again within seconds after a fault that a dozen met together', async () => {
    const met = Promise.withResolvers<void>();
    provider.respond(async () => {
      await met.promise;
      return { status: 500, json: {} };
    });
    const ids = await Promise.all(Array.from({ length: 12 }, () => queued('chn_http')));
    await eventually(() => provider.calls.length === ids.length);
    met.resolve();
    provider.respond();
    const tried = () =>
      state.records.filter(({ outcome, retryAfterMs }) => outcome === 'sent' || (outcome === 'requeue' && retryAfterMs <= 4000));
    await eventually(() => tried().length === ids.length, Boolean, { timeoutMs: 20_000, what: 'all to be tried' });
    expect(tried().map(({ outcome }) => outcome)).toContain('sent');
  });

  it('is not even tried while the provider is known to be away', async () => {
    for (let i = 1; i <= 5; i++) {
      await queued('chn_nobody');
      await eventually(() => state.records.length === i);
    }
    const messageId = await queued('chn_nobody');
    await eventually(async () => (await harness.bus.jsm.consumers.info('EVENTS', 'dispatcher-sends')).num_ack_pending === 1);
    expect(state.claims.map((claim) => claim.messageId)).not.toContain(messageId);
    // It is claimed and tried after the pause.
    await eventually(() => state.claims.some((claim) => claim.messageId === messageId));
  });
});

describe('a send that nobody knows about', () => {
  it.each(['accept-then-reset', 'accept-then-hang'] as const)(
    'is unknown where a repeat would reach the customer twice (%s)',
    async (how) => {
      provider.respond(how);
      await queued('chn_twilio');
      expect(await recorded()).toMatchObject({ outcome: 'unknown' });
      await settled();
      expect(provider.calls).toHaveLength(1);
    },
  );

  it.each(['accept-then-reset', 'accept-then-hang'] as const)(
    'is repeated with the same id and a new claim where that is harmless (%s)',
    async (how) => {
      provider.respond((_, nth) => (nth === 1 ? how : 'accept'));
      const messageId = await queued('chn_http', (nth) => [{}, { kind: 'in_doubt' }, { claim: 2 }][nth - 1]!);
      expect(await recorded()).toMatchObject({ outcome: 'sent', claim: 2 });
      expect(state.claims.map((claim) => [claim.redelivered, claim.insteadOfClaim])).toEqual([
        [false, 0],
        [true, 0],
        [true, 1],
      ]);
      expect(provider.calls.map((call) => call.request.headers['webhook-id'])).toEqual([messageId, messageId]);
    },
  );

  it('is not repeated once a person has taken over', async () => {
    provider.respond('accept-then-reset');
    await queued('chn_http', (nth) => (nth === 1 ? {} : { kind: 'in_doubt', stale: true }));
    expect(await recorded()).toMatchObject({ outcome: 'unknown' });
    await settled();
    expect(provider.calls).toHaveLength(1);
  });

  it('is left to whoever was quicker to send it again', async () => {
    provider.respond('accept-then-reset');
    await queued('chn_http', (nth) => [{}, { kind: 'in_doubt' }, { kind: 'in_doubt', claim: 2 }, { kind: 'settled' }][nth - 1]!);
    await eventually(() => state.claims.length === 4);
    await settled();
    expect([provider.calls.length, state.records.length]).toEqual([1, 0]);
  });

  it('is looked at again when another instance may be at it', async () => {
    await queued('chn_http', (nth) => ({ kind: nth === 1 ? 'in_doubt' : 'settled' }));
    await eventually(() => state.claims.length === 2);
    await settled();
    expect(state.claims.map((claim) => claim.redelivered)).toEqual([false, true]);
    expect([provider.calls.length, state.records.length]).toEqual([0, 0]);
  });

  it('of an instance that died is unknown with a provider that keeps no keys', async () => {
    await queued('chn_twilio', () => ({ kind: 'in_doubt' }));
    expect(await recorded()).toMatchObject({ outcome: 'unknown', claim: 1 });
    expect(provider.calls).toHaveLength(0);
  });
});

it('what a provider answered is held until it can be recorded, and the provider is not asked twice', async () => {
  state.onRecord = (_, nth) => {
    if (nth <= 3) throw new BatonError('unavailable', 'restarting');
    return { kind: 'recorded' };
  };
  await queued('chn_twilio');
  await eventually(() => state.records.length === 4 || undefined);
  await settled();
  expect(provider.calls).toHaveLength(1);
  expect(state.claims).toHaveLength(1);
});

it('many at once travel to conversation-state in batches, and each is sent once', async () => {
  const ids = Array.from({ length: 300 }, () => newId('message'));
  state.onClaim = (send) => ({ kind: 'claimed', message: outboundFor(send) });
  await Promise.all(
    ids.map((messageId) =>
      harness.emit('send.ready', {
        conversationId: newId('conversation'),
        payload: { message_id: messageId, channel_account_id: 'chn_http' },
      }),
    ),
  );
  await eventually(
    () => state.records.length,
    (n) => n >= 300,
  );
  await settled();
  expect(provider.calls.map((call) => call.request.headers['webhook-id']).sort()).toEqual([...ids].sort());
  expect(state.records.every((record) => record.outcome === 'sent')).toBe(true);
  expect(state.batches.length).toBeLessThan(600);
});
