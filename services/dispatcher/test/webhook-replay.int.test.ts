import { newId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { isSignedWith } from '@baton/testkit/fake-subscriber.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWebhookBench, Tenant, type WebhookBench } from './webhook-bench.ts';

let bench: WebhookBench;
beforeAll(async () => {
  bench = await startWebhookBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const settled = (tenant: Tenant, status: string, count: number) =>
  eventually(
    () => tenant.deliveries({ status }),
    (rows) => rows.length === count,
    { what: `${count} deliveries to be ${status}` },
  );
const replay = (tenant: Tenant, endpointId: string, o: { only: string; since?: Date; until?: Date }) =>
  bench.client.replayEndpoint({ context: tenant.context(), endpointId, since: new Date(0), until: undefined, ...o });

describe('a replay', () => {
  it('of one delivery comes under the same id, signed anew', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber();
    await tenant.event(newId('conversation'));
    const [one] = await settled(tenant, 'delivered', 1);
    const again = await bench.client.replayDelivery({ context: tenant.context(), deliveryId: one!.deliveryId });
    expect(again).toMatchObject({ deliveryId: one!.deliveryId, status: 'pending', replays: 1, settledAt: undefined });
    const [, second] = await subscriber.count(2);
    expect(second!.headers['webhook-id']).toBe(one!.deliveryId);
    expect(isSignedWith(subscriber.secret, second!)).toBe(true);
    await settled(tenant, 'delivered', 1);
    const { attempts } = await tenant.delivery(one!.deliveryId);
    expect(attempts.map(({ number }) => number)).toEqual([2, 1]);
  });

  it('of what failed leaves out what was delivered, and keeps the order of each conversation', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber();
    const conversationId = newId('conversation');
    subscriber.respond(({ event }) => (event.sequence <= 4 ? { status: 500 } : {}));
    await tenant.events(conversationId, 5);
    await settled(tenant, 'dead', 4);
    await settled(tenant, 'delivered', 1);
    subscriber.respond();
    subscriber.received.length = 0;
    expect(await replay(tenant, subscriber.endpointId, { only: 'failed' })).toEqual({ replayed: 4, nextSince: undefined });
    await settled(tenant, 'delivered', 5);
    expect(subscriber.received.map(({ event }) => event.sequence)).toEqual([1, 2, 3, 4]);
  });

  it('of everything brings what was never sent, in order with what was', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber({ eventTypes: ['message.read'] });
    const conversationId = newId('conversation');
    for (const type of ['message.sent', 'message.read', 'message.sent', 'dispatch.ready', 'message.read'] as const)
      await tenant.event(conversationId, { type });
    const known = await settled(tenant, 'delivered', 2);
    await tenant.update(subscriber.endpointId, { eventTypes: [] }, ['event_types']);
    subscriber.received.length = 0;
    expect(await replay(tenant, subscriber.endpointId, { only: 'all' })).toEqual({ replayed: 4, nextSince: undefined });
    const rows = await settled(tenant, 'delivered', 4);
    expect(rows.map(({ deliveryId }) => deliveryId)).toEqual(expect.arrayContaining(known.map(({ deliveryId }) => deliveryId)));
    expect(subscriber.received.map(({ event }) => event.sequence)).toEqual([1, 2, 3, 5]);
  });

  it('is of events of that time alone', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber();
    await tenant.event(newId('conversation'));
    await settled(tenant, 'delivered', 1);
    const past = { since: new Date('2020-01-01'), until: new Date('2020-01-02') };
    const future = { since: new Date('5000-01-01'), until: new Date('5000-01-02') };
    for (const range of [past, future])
      for (const only of ['failed', 'all'])
        expect(await replay(tenant, subscriber.endpointId, { only, ...range })).toEqual({ replayed: 0, nextSince: undefined });
    await expect(replay(tenant, subscriber.endpointId, { only: 'all', since: new Date(), until: new Date(0) })).rejects.toMatchObject({
      code: 'validation_error',
    });
    await expect(replay(tenant, subscriber.endpointId, { only: 'some' })).rejects.toMatchObject({ code: 'validation_error' });
  });

  it('of an event by the same command happens once', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber({ eventTypes: ['message.read'] });
    const test = () => bench.client.sendTestEvent({ context: tenant.context('once'), endpointId: subscriber.endpointId });
    const [a, b] = [await test(), await test()];
    expect(b.deliveryId).toBe(a.deliveryId);
    const [one] = await subscriber.count(1);
    expect(one!.event).toMatchObject({ event_type: 'webhook.test', conversation_id: null, sequence: 0 });
    await settled(tenant, 'delivered', 1);
    expect(subscriber.received).toHaveLength(1);
  });
});

it('a test that fails is not tried again, and says nothing against the endpoint', async () => {
  await using tenant = new Tenant(bench);
  const subscriber = await tenant.subscriber();
  subscriber.respond({ status: 500 });
  await bench.client.sendTestEvent({ context: tenant.context(), endpointId: subscriber.endpointId });
  const [dead] = await settled(tenant, 'dead', 1);
  expect(dead).toMatchObject({ eventType: 'webhook.test', attempts: 1 });
  expect(
    (await bench.client.getEndpoint({ workspaceId: tenant.workspaceId, endpointId: subscriber.endpointId })).failingSince,
  ).toBeUndefined();
});
