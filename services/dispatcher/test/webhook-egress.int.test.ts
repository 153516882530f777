import { newId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { startFakeSubscriber } from '@baton/testkit/fake-subscriber.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWebhookBench, Tenant, type WebhookBench } from './webhook-bench.ts';

let bench: WebhookBench;
beforeAll(async () => {
  // No address is allowed besides public ones, as in production.
  bench = await startWebhookBench({ retryDelaysMs: [20] }, { egressAllow: [] });
});
afterAll(() => bench[Symbol.asyncDispose]());

const dead = (tenant: Tenant, count: number) =>
  eventually(
    () => tenant.deliveries({ status: 'dead' }),
    (rows) => rows.length === count,
  );

it('a name that leads to a forbidden address is refused at every connect: delivery, test and replay', async () => {
  await using target = await startFakeSubscriber();
  await using tenant = new Tenant(bench);
  // A literal is refused at once; what a name means is only known when it is asked.
  await expect(tenant.create({ url: target.url })).rejects.toMatchObject({ code: 'egress_refused' });
  const { endpoint } = await tenant.create({ url: target.url.replace('127.0.0.1', 'localhost') });
  const { endpointId } = endpoint!;
  await expect(tenant.update(endpointId, { url: target.url }, ['url'])).rejects.toMatchObject({ code: 'egress_refused' });
  await tenant.event(newId('conversation'));
  await dead(tenant, 1);
  await bench.client.sendTestEvent({ context: tenant.context(), endpointId });
  const rows = await dead(tenant, 2);
  for (const row of rows)
    expect(row).toMatchObject({ lastStatus: undefined, lastError: expect.stringContaining('may not be reached (loopback)') });
  for (const row of rows) await bench.client.replayDelivery({ context: tenant.context(), deliveryId: row.deliveryId });
  await eventually(
    () => tenant.deliveries({ status: 'dead' }),
    (again) => again.length === 2 && again.every(({ replays }) => replays === 1),
  );
  expect(target.received).toHaveLength(0);
});
