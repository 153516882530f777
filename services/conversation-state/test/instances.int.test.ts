import { eventually } from '@baton/testkit/eventually.ts';
import { freePort } from '@baton/testkit/free-port.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { event, meet, patch, row, writeByHand } from './acts.ts';
import { startChild } from './child.ts';
import { type Harness, inboundMessage, makeWorkspace, newCustomer, send, startHarness, type Workspace } from './harness.ts';

let h: Harness;
let w: Workspace;
beforeAll(async () => {
  h = await startHarness({ instances: 2 });
  w = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

const shares = async () =>
  (
    await h.admin.query(
      'select instance_id, count(*)::int as n from conversation.partition_lease where expires_at > now() and instance_id is not null group by 1 order by 1',
    )
  ).rows.map((one) => one.n as number);

/** How often each partition's reader has been declared anew: when it was made. */
async function readers(): Promise<string[]> {
  const made: string[] = [];
  for await (const consumer of h.bus.jsm.consumers.list('INBOUND')) made.push(`${consumer.name} ${consumer.created}`);
  return made.sort();
}

async function expectInOrder(customers: string[], each: number): Promise<void> {
  await eventually(
    () => row<{ n: number }>(h, 'select count(*)::int as n from conversation.message where from_number = any($1)', [customers]),
    (found) => found.n === customers.length * each,
    { timeoutMs: 25_000, what: 'every message stored' },
  );
  const { rows } = await h.admin.query(
    `select from_number, count(distinct conversation_id)::int as threads, array_agg(text::int order by sequence) as texts, array_agg(sequence order by sequence) as sequences
     from conversation.message where from_number = any($1) group by 1`,
    [customers],
  );
  const expected = Array.from({ length: each }, (_, n) => n);
  for (const one of rows) {
    expect(one).toMatchObject({ threads: 1, texts: expected, sequences: expected.map((n) => n + 1) });
  }
}

/** Events as subscribers see them: each number once, in order, none missing. */
async function expectGapFree(customers: string[]): Promise<void> {
  const { rows } = await h.admin.query(
    'select conversation_id, event_sequence::int as n from conversation.conversation where remote_address = any($1)',
    [customers],
  );
  for (const { conversation_id, n } of rows) {
    const sequences = await eventually(
      () =>
        h.events
          .of(conversation_id)
          .map((one) => one.sequence)
          .filter((sequence) => sequence > 0),
      (seen) => seen.length >= n,
      { timeoutMs: 20_000 },
    );
    expect(sequences).toEqual(Array.from({ length: n }, (_, index) => index + 1));
  }
}

async function write(customers: string[], from: number, to: number): Promise<void> {
  await Promise.all(
    customers.map(async (customer) => {
      for (let n = from; n < to; n++) await send(h, inboundMessage(w, customer, { text: String(n) }));
    }),
  );
}

test('two instances share the partitions evenly', async () => {
  expect(await eventually(shares, (found) => found.length === 2 && found[0] === 8 && found[1] === 8)).toEqual([8, 8]);
});

test('an instance keeps its partitions while another looks at the leases', async () => {
  await eventually(shares, (found) => found.join() === '8,8');
  const before = await eventually(readers, (found) => found.length === 16);
  const renewed = await row<{ at: Date }>(h, 'select max(expires_at) as at from conversation.partition_lease');
  const client = await h.admin.connect();
  await client.query('begin');
  await client.query('select * from conversation.partition_lease order by partition for update');
  // Until both have come to renew and stand waiting: with `skip locked` they would have taken every partition for lost.
  await eventually(
    async () =>
      (
        await h.admin.query(
          `select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and query like '%partition_lease%'`,
        )
      ).rows[0].n as number,
    (waiting) => waiting === 2,
    { timeoutMs: 3000 },
  ).catch(() => undefined);
  await client.query('commit');
  client.release();
  await eventually(
    () => row<{ at: Date }>(h, 'select min(expires_at) as at from conversation.partition_lease'),
    (found) => found.at > renewed.at,
  );
  expect(await readers()).toEqual(before);
});

test('50 conversations × 20 messages over two instances, one killed and one stopped on the way: each thread in order, none lost, none doubled', async () => {
  const customers = Array.from({ length: 50 }, newCustomer);
  await using child = await startChild(h.infra);
  await child.ready();
  await eventually(shares, (found) => found.length === 3);
  const writing = write(customers, 0, 20);
  await eventually(
    () => row<{ n: number }>(h, 'select count(*)::int as n from conversation.message where from_number = any($1)', [customers]),
    (found) => found.n > 200,
  );
  expect(await child.end('SIGKILL')).toBe('SIGKILL');
  await h.services[1]![Symbol.asyncDispose]();
  await writing;
  await expectInOrder(customers, 20);
  await expectGapFree(customers);
  h.services[1] = await h.start();
}, 60_000);

test('a service that is told to stop while Postgres and NATS are down ends at once', async () => {
  const closed = await freePort();
  await using child = await startChild(h.infra, { BATON_NATS_URL: `nats://127.0.0.1:${closed}` });
  await eventually(
    async () => (await fetch(`${child.opsUrl}/healthz`)).status,
    (status) => status === 200,
    { timeoutMs: 15_000 },
  );
  expect((await fetch(`${child.opsUrl}/readyz`)).status).toBe(503);
  // The migration is through, so it is NATS that is being waited for.
  await eventually(() => row(h, `select 1 as x from pg_stat_activity where application_name like 'baton-migrate%' having count(*) = 0`));
  expect(await child.end('SIGTERM')).toBe(0);
});

test('what is committed while NATS is down is published in order once it is back', async () => {
  const { from, id } = await meet(h, w);
  await event(h, id, 'message.received');
  await h.infra.nats.kill9();
  for (const mode of ['human', 'ai', 'human', 'ai', 'human']) await patch(h, w, { conversationId: id, aiMode: mode });
  await writeByHand(h, w, { conversationId: id, takeover: true });
  await h.infra.nats.restart();
  await expectGapFree([from]);
  expect(
    h.events
      .of(id)
      .filter((one) => one.event_type === 'conversation.mode_changed')
      .map((one) => one.payload),
  ).toMatchObject([2, 3, 4, 5, 6].map((mode_epoch) => ({ mode_epoch })));
  // And reading goes on by itself.
  await send(h, inboundMessage(w, from, { text: 'After' }));
  await event(h, id, 'message.received', 2);
}, 60_000);
