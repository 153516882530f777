import { publish } from '@baton/bus/publish.ts';
import { newId } from '@baton/contracts/ids.ts';
import { eventSubject } from '@baton/contracts/subjects.ts';
import { openDatabase } from '@baton/db/open.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeDeadLetter } from '../src/store/dead-letters.ts';
import type { Tables } from '../src/store/tables.ts';
import { startWebhookBench, Tenant, type WebhookBench } from './webhook-bench.ts';

let bench: WebhookBench;
beforeAll(async () => {
  bench = await startWebhookBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const canary = 'xanadu-2207';

it('of a customer who is erased the log keeps nothing, and what was waiting is not delivered', async () => {
  await using owner = openDatabase<Tables>({ url: bench.harness.infra.postgres.urls.baton_owner, name: 'test', poolSize: 1 });
  await using tenant = new Tenant(bench);
  const taker = await tenant.subscriber();
  const refuser = await tenant.subscriber();
  taker.respond(({ event }) => ({ json: event.payload }));
  refuser.respond(({ event }) => ({ status: 503, headers: { 'retry-after': '3600' }, json: event.payload }));
  const [erased, stays] = [newId('conversation'), newId('conversation')];
  for (let i = 0; i < 3; i++) await tenant.event(erased, { payload: { text: canary } });
  await tenant.event(stays, { payload: { text: 'of somebody else' } });
  await eventually(
    () => tenant.deliveries({ status: 'delivered' }),
    (rows) => rows.length === 4,
  );
  await refuser.count(2);
  const { workspaceId } = tenant;
  const subject = (conversationId: string) => eventSubject('dispatch.ready', 0, { workspaceId, conversationId });
  const letter = { workspaceId, payload: `{"text":"${canary}"}`, error: canary, attempts: 8, traceId: null };
  await writeDeadLetter(owner.db, { ...letter, subject: subject(erased), deliveryKey: 'a' });
  await writeDeadLetter(owner.db, { ...letter, subject: subject(stays), payload: '{}', error: 'x', deliveryKey: 'b' });
  const traces = async () => {
    const found: string[] = [];
    for (const table of ['event', 'delivery', 'attempt', 'lane', 'dead_letter']) {
      const { rows } = await sql<{ text: string }>`select t::text as text from ${sql.table(`delivery.${table}`)} t
        where workspace_id = ${workspaceId} and (position(${canary} in t::text) > 0 or (${table} <> 'dead_letter' and position(${erased} in t::text) > 0))`.execute(
        owner.db,
      );
      found.push(...rows.map(({ text }) => `${table}: ${text}`));
    }
    return found;
  };
  expect((await traces()).length).toBeGreaterThan(10);

  const event = { event_id: newId('event'), event_type: 'conversation.erased', workspace_id: workspaceId, conversation_id: erased };
  const data = JSON.stringify({ ...event, payload: { conversation_id: erased } });
  await publish(bench.harness.bus, {
    subject: eventSubject('conversation.erased', 0, { workspaceId, conversationId: erased }),
    id: event.event_id,
    data,
  });
  await eventually(traces, (found) => found.length === 0);
  await bench.harness.drained('dispatcher-erasures');
  expect(await traces()).toEqual([]);

  const left = await tenant.deliveries();
  expect(left.map(({ conversationId }) => conversationId)).toEqual([stays, stays]);
  await tenant.event(stays);
  await taker.count(5);
  expect(refuser.received.filter((one) => one.event.conversation_id === erased)).toHaveLength(1);
});
