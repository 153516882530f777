import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newId } from '@baton/contracts/ids.ts';
import { openDatabase } from '@baton/db/open.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tables } from '../src/store/tables.ts';
import { sweep } from '../src/webhooks/sweeper.ts';
import { startDispatcherProcess } from './dispatcher-process.ts';
import { webhookSettings } from './harness.ts';
import { startWebhookBench, Tenant, type WebhookBench } from './webhook-bench.ts';

let bench: WebhookBench;
beforeAll(async () => {
  bench = await startWebhookBench({ disableAfterMs: 1000 });
});
afterAll(() => bench[Symbol.asyncDispose]());

const settled = (tenant: Tenant, status: string, count: number) =>
  eventually(
    () => tenant.deliveries({ status }),
    (rows) => rows.length === count,
    { what: `${count} deliveries to be ${status}`, timeoutMs: 20_000 },
  );

describe('several instances', () => {
  it('deliver each event once and each conversation in order, also when the one that reads for all stops', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber();
    const conversations = Array.from({ length: 6 }, () => newId('conversation'));
    {
      await using _second = await bench.another();
      await using _third = await bench.another();
      for (const conversationId of conversations) await tenant.events(conversationId, 4);
      await settled(tenant, 'delivered', 24);
    }
    for (const conversationId of conversations) await tenant.events(conversationId, 2);
    await settled(tenant, 'delivered', 36);
    for (const conversationId of conversations) {
      const sequences = subscriber.received
        .filter(({ event }) => event.conversation_id === conversationId)
        .map(({ event }) => event.sequence);
      expect(sequences).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });

  it('take over from one that was killed in the middle of a request, under the same id', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber({ timeoutMs: 1000 });
    const conversationId = newId('conversation');
    // Whoever gets the first one never hears an answer.
    subscriber.respond((_, nth) => (nth <= 8 ? 'hang' : {}));
    await using doomed = await startDispatcherProcess(bench.harness.infra, bench.stateAddress);
    const others = Array.from({ length: 7 }, () => newId('conversation'));
    for (const id of [conversationId, ...others]) await tenant.event(id);
    await subscriber.count(8);
    await doomed.kill9();
    await settled(tenant, 'delivered', 8);
    const ids = Map.groupBy(subscriber.received, ({ event }) => event.event_id);
    for (const requests of ids.values()) expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await tenant.event(conversationId);
    await settled(tenant, 'delivered', 9);
  });
});

it('when the one that reads for all dies with deliveries that it has told nobody of, the next sends them as soon as its lease has ended', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-test-'));
  await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  // Its own lease is longer than this test waits: it must not be what tells it when to look.
  await using heir = await startWebhookBench({ fanOutLeaseMs: 600_000 });
  await using tenant = new Tenant(heir);
  const subscriber = await tenant.subscriber();
  await tenant.event(newId('conversation'));
  await settled(tenant, 'delivered', 1);
  const { infra } = heir.harness;
  await using owner = openDatabase<Tables>({ url: infra.postgres.urls.baton_owner, name: 'test', poolSize: 1 });
  await sql`update delivery.fan_out set holder = 'nobody', leased_until = now() - interval '1 s'`.execute(owner.db);
  const killPointFile = path.join(folder, 'kill-point');
  await using doomed = await startDispatcherProcess(infra, heir.stateAddress, { BATON_KILL_POINT_FILE: killPointFile });
  await eventually(async () => (await sql`select from delivery.fan_out where holder <> 'nobody'`.execute(owner.db)).rows.length === 1);
  await writeFile(killPointFile, 'webhook.after_commit@1 SIGKILL');
  const eventId = await tenant.event(newId('conversation'));
  const [, told] = await subscriber.count(2);
  expect(told!.event.event_id).toBe(eventId);
  expect(doomed.running()).toBe(false);
});

it('events that are read twice are delivered once', async () => {
  await using tenant = new Tenant(bench);
  const subscriber = await tenant.subscriber();
  await tenant.events(newId('conversation'), 3);
  await settled(tenant, 'delivered', 3);
  await using owner = openDatabase<Tables>({ url: bench.harness.infra.postgres.urls.baton_owner, name: 'test', poolSize: 1 });
  // As if the process had died before it could note how far it had got.
  await sql`update delivery.fan_out set position = 0, holder = 'nobody', leased_until = now() - interval '1 s'`.execute(owner.db);
  await tenant.event(newId('conversation'));
  await settled(tenant, 'delivered', 4);
  await eventually(async () => {
    const { rows } = await sql<{ position: number }>`select position from delivery.fan_out`.execute(owner.db);
    return rows[0]!.position > 3;
  });
  expect(subscriber.received).toHaveLength(4);
});

it('an endpoint that nothing has got through to for too long is turned off, and says why', async () => {
  await using tenant = new Tenant(bench);
  const subscriber = await tenant.subscriber();
  const witness = await tenant.subscriber({ eventTypes: ['webhook.disabled'] });
  subscriber.respond({ status: 500 });
  const endpoint = () => bench.client.getEndpoint({ workspaceId: tenant.workspaceId, endpointId: subscriber.endpointId });
  await eventually(async () => {
    await tenant.event(newId('conversation'));
    return !(await endpoint()).enabled;
  });
  expect(await endpoint()).toMatchObject({
    enabled: false,
    disabledReason: 'failing',
    failingSince: expect.any(Date),
    disabledAt: expect.any(Date),
  });
  const { failingSince, disabledAt } = await endpoint();
  const [told] = await witness.count(1);
  expect(told!.event).toEqual({
    event_id: expect.stringMatching(/^evt_/),
    event_type: 'webhook.disabled',
    workspace_id: tenant.workspaceId,
    agent_id: null,
    channel: null,
    conversation_id: null,
    sequence: 0,
    timestamp: disabledAt!.toISOString(),
    payload: {
      webhook_endpoint_id: subscriber.endpointId,
      reason: 'failing',
      failing_since: failingSince!.toISOString(),
      disabled_at: disabledAt!.toISOString(),
    },
  });
});

it('that an endpoint was turned off is said once, also if the instance that did it died before it could', async () => {
  await using tenant = new Tenant(bench);
  const subscriber = await tenant.subscriber();
  const witness = await tenant.subscriber({ eventTypes: ['webhook.disabled'] });
  subscriber.respond({ status: 410 });
  await tenant.event(newId('conversation'));
  const [told] = await witness.count(1);
  expect(told!.event.payload).toMatchObject({ reason: 'gone', failing_since: null });
  await using owner = openDatabase<Tables>({ url: bench.harness.infra.postgres.urls.baton_owner, name: 'test', poolSize: 1 });
  const announcement = () =>
    owner.db
      .selectFrom('delivery.endpoint')
      .select('announcement')
      .where('endpoint_id', '=', subscriber.endpointId)
      .executeTakeFirstOrThrow();
  await eventually(announcement, (row) => row.announcement === null);
  // As it was left behind: one that was published already, and one that was not.
  const unsaid = { ...told!.event, event_id: newId('event') };
  for (const event of [told!.event, unsaid]) {
    await sql`update delivery.endpoint set announcement = ${JSON.stringify(event)} where endpoint_id = ${subscriber.endpointId}`.execute(
      owner.db,
    );
    await using _next = await bench.another();
    await eventually(announcement, (row) => row.announcement === null);
  }
  await witness.count(2);
  await settled(tenant, 'delivered', 2);
  expect(witness.received.map(({ event }) => event.event_id)).toEqual([told!.event.event_id, unsaid.event_id]);
});

it('an endpoint is known soon also when it could not be read at once', async () => {
  await using tenant = new Tenant(bench);
  await using owner = openDatabase<Tables>({ url: bench.harness.infra.postgres.urls.baton_owner, name: 'test', poolSize: 1 });
  await sql`alter function delivery.all_endpoints rename to all_endpoints_away`.execute(owner.db);
  const subscriber = await tenant.subscriber();
  await sql`alter function delivery.all_endpoints_away rename to all_endpoints`.execute(owner.db);
  await tenant.event(newId('conversation'));
  await subscriber.count(1);
});

it('what is put into EVENTS again is no news to an endpoint that came later', async () => {
  await using tenant = new Tenant(bench);
  const subscriber = await tenant.subscriber();
  await tenant.event(newId('conversation'), { again: new Date(Date.now() - 3_600_000) });
  const missed = await tenant.event(newId('conversation'), { again: new Date() });
  await settled(tenant, 'delivered', 1);
  expect(subscriber.received.map(({ event }) => event.event_id)).toEqual([missed]);
  expect(await tenant.deliveries()).toHaveLength(1);
});

it('an endpoint that fails now and then stays on', async () => {
  await using tenant = new Tenant(bench);
  const subscriber = await tenant.subscriber();
  subscriber.respond((_, nth) => (nth % 2 === 1 ? { status: 500 } : {}));
  await tenant.events(newId('conversation'), 20);
  await settled(tenant, 'delivered', 20);
  expect(await bench.client.getEndpoint({ workspaceId: tenant.workspaceId, endpointId: subscriber.endpointId })).toMatchObject({
    enabled: true,
  });
});

it('one that hangs holds its own places alone', async () => {
  await using tenant = new Tenant(bench);
  const hanging = await tenant.subscriber({ timeoutMs: 30_000 });
  const other = await tenant.subscriber();
  hanging.respond('hang');
  for (let i = 0; i < 3 * webhookSettings.concurrencyPerEndpoint; i++) await tenant.event(newId('conversation'));
  await other.count(3 * webhookSettings.concurrencyPerEndpoint);
  expect(hanging.received.length).toBeLessThanOrEqual(webhookSettings.concurrencyPerEndpoint);
});

it('what is old is cleared away, with its attempts and texts, and what belonged to a deleted endpoint', async () => {
  const database = openDatabase<Tables>({ url: bench.harness.infra.postgres.urls.baton_delivery, name: 'test', poolSize: 1 });
  await using owner = openDatabase<Tables>({ url: bench.harness.infra.postgres.urls.baton_owner, name: 'test', poolSize: 1 });
  await using _ = database;
  await using tenant = new Tenant(bench);
  await tenant.subscriber();
  await tenant.events(newId('conversation'), 3);
  await settled(tenant, 'delivered', 3);
  const count = async () => {
    const { rows } = await sql<{ d: number; a: number; e: number; l: number }>`select
      (select count(*)::int from delivery.delivery where workspace_id = ${tenant.workspaceId}) d,
      (select count(*)::int from delivery.attempt where workspace_id = ${tenant.workspaceId}) a,
      (select count(*)::int from delivery.event where workspace_id = ${tenant.workspaceId}) e,
      (select count(*)::int from delivery.lane where workspace_id = ${tenant.workspaceId}) l`.execute(owner.db);
    return rows[0];
  };
  const deps = { db: database.db, settings: webhookSettings };
  const in39Days = new Date(Date.now() + 39 * 86_400_000);
  await sweep(deps, new Date(), AbortSignal.timeout(10_000));
  expect(await count()).toEqual({ d: 3, a: 3, e: 3, l: 0 });
  const waiting = await tenant.subscriber();
  waiting.respond({ status: 503, headers: { 'retry-after': '3600' } });
  await tenant.event(newId('conversation'));
  await waiting.count(1);
  await settled(tenant, 'delivered', 4);
  await bench.client.deleteEndpoint({ context: tenant.context(), endpointId: waiting.endpointId });
  await eventually(async () => {
    await sweep(deps, new Date(), AbortSignal.timeout(10_000));
    return (await count())!.l === 0;
  });
  expect((await count())!.d).toBe(4);
  await sweep(deps, in39Days, AbortSignal.timeout(10_000));
  expect(await count()).toEqual({ d: 0, a: 0, e: 0, l: 0 });
});
