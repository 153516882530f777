import { serverOptions } from '@baton/bus/connect.ts';
import { loadTestkitConfig } from '@baton/testkit/config.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeSubscriber, startFakeSubscriber } from '@baton/testkit/fake-subscriber.ts';
import { EventChains } from '@baton/verify/event-chains.ts';
import { judgeEventLog } from '@baton/verify/event-log.ts';
import { conversationInvariants } from '@baton/verify/invariants/all.ts';
import { installationInvariants } from '@baton/verify/invariants/installation.ts';
import type { Query, Violation } from '@baton/verify/invariants/invariant.ts';
import { judgeConversations, judgeInstallation } from '@baton/verify/judge-rows.ts';
import { judgeWorkspace } from '@baton/verify/judge-workspace.ts';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { damages } from '../support/cli/damage.ts';
import { type Baton, batonFor } from '../support/cli/run.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { type Running, startProduct } from '../support/start.ts';
import { type Account, type Customer, makeWorkspace, type Workspace } from '../support/workspace.ts';

let running: Running;
let database: Database;
let nats: NatsConnection;
let baton: Baton;
let workspace: Workspace;
let account: Account;
let subscriber: FakeSubscriber;
let conversationId: string;

beforeAll(async () => {
  const { sharedSuperUrl } = loadTestkitConfig(process.env);
  running = await startProduct({
    ...(sharedSuperUrl ? { superUrl: sharedSuperUrl } : {}),
    nats: { syncInterval: '2m' },
    env: { BATON_WEBHOOK_RETRY_MS: '50' },
  });
  database = openDatabase(running.product);
  nats = await connect(serverOptions(running.stack.natsUrl));
  baton = batonFor(running);
  workspace = await makeWorkspace(running.product);
  account = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550100' });
  subscriber = await startFakeSubscriber();
  await workspace.must('POST', '/v1/webhooks', { url: subscriber.url });
  const customer = workspace.customer(account);
  await customer.says('Hello');
  await customer.heard(1);
  conversationId = (await workspace.conversationOf(customer.address)).conversation_id;
  await workspace.must('PATCH', `/v1/conversations/${conversationId}`, { ai_mode: 'human' });
  await workspace.must('PATCH', `/v1/conversations/${conversationId}`, { ai_mode: 'ai' });
  await customer.says('Still there?');
  await customer.heard(2);
  await quiet();
});

afterAll(async () => {
  await nats?.close();
  await database?.[Symbol.asyncDispose]();
  await subscriber?.[Symbol.asyncDispose]();
  await running?.[Symbol.asyncDispose]();
});

/** Everything is done and published. */
async function quiet(): Promise<void> {
  await eventually(
    () =>
      database.rows(`select (select count(*)::int from conversation.outbox) as outbox,
        (select count(*)::int from conversation.dispatch where open) as turns, (select count(*)::int from conversation.message where open) as sends,
        (select count(*)::int from conversation.message where direction = 'outbound' and status <> 'read') as receipts,
        (select count(*)::int from delivery.delivery where status = 'pending') as deliveries`),
    ([row]) => Object.values(row).every((n) => n === 0),
    { timeoutMs: 20_000, what: 'the end of all work' },
  );
}

/** Waits until so many stand open, without starting the command line for each look. */
async function standOpen(table: 'conversation.dead_letter' | 'delivery.delivery', count: number): Promise<void> {
  const open = table === 'delivery.delivery' ? "status = 'dead' and (dropped_at is null or dropped_at < settled_at)" : "state = 'open'";
  await eventually(
    () => database.rows(`select count(*)::int as n from ${table} where ${open}`),
    ([row]) => row.n >= count,
    { timeoutMs: 30_000, what: `${count} open in ${table}` },
  );
}

async function letters(...args: string[]): Promise<Record<string, string>[]> {
  const { code, lines } = await baton('dead', 'list', '--json', ...args);
  expect(code).toBe(0);
  return lines;
}

/** What is found in rows and log after a damage that is taken back at once. */
async function foundAfter(damage: readonly string[]): Promise<Violation[]> {
  const client = new pg.Client({ connectionString: running.product.databaseUrl });
  await client.connect();
  try {
    await client.query('begin');
    for (const sql of damage) await client.query(sql, sql.includes('$1') ? [conversationId] : []);
    const query: Query = async <Row extends object>(sql: string, values: unknown[]) => (await client.query<Row>(sql, values)).rows;
    const { workspaceId } = workspace;
    const settledBefore = new Date(Date.now() - 60_000);
    const found = [
      ...(await judgeConversations(query, [conversationId], { settledBefore, skewMs: 0 })),
      ...(await judgeInstallation(query, { workspaceId, settledBefore })),
    ];
    const log = new EventChains({ fromTheStart: true, remembers: 0 });
    const bounds = { workspaceId, since: new Date(0), settledBefore: 'always' as const, atOnce: 1_000 };
    for await (const { violations } of judgeEventLog(query, log, bounds)) found.push(...violations);
    return found;
  } finally {
    await client.query('rollback');
    await client.end();
  }
}

test('a sound installation breaks no invariant, and one damage of each kind is found', async () => {
  expect(await foundAfter([])).toEqual([]);
  for (const [invariant, damage] of Object.entries(damages))
    expect([...new Set((await foundAfter(damage)).map((one) => one.invariant))], invariant).toContain(invariant);
  const ofPostgres = [...conversationInvariants, ...installationInvariants].map(({ name }) => name);
  expect(Object.keys(damages)).toEqual(expect.arrayContaining(ofPostgres));
  // What has been taken is cleared out of INBOUND every two seconds.
  await eventually(
    async () => (await (await jetstreamManager(nats)).streams.info('INBOUND')).state.messages,
    (n) => n === 0,
  );
  const [looked, status] = await Promise.all([baton('verify', '--grace', '1s', '--json'), baton('status', '--json')]);
  expect(looked).toMatchObject({ code: 0, lines: [{ violations: 0 }] });
  const unseen = looked.lines[0].invariants.filter(({ checked }: { checked: number }) => checked === 0);
  expect(unseen).toEqual([]);
  expect(status).toMatchObject({
    code: 0,
    lines: [
      {
        services: [
          { service: 'conversation-state', problem: null },
          { service: 'dispatcher', problem: null },
        ],
        streams: [{ name: 'INBOUND', messages: 0 }, { name: 'EVENTS' }],
        rows: { outbox: 0, partitions_held: 16, open_turns: 0, open_sends: 0, dead_letters: 0 },
        concerns: [],
      },
    ],
  });
});

test('poison stands as a dead letter, is shown without what it says, put back, and dropped', async () => {
  await jetstream(nats).publish(
    `inbound.message.p03.${workspace.workspaceId}.${account.channel_account_id}`,
    '{"text": "my secret is 42", oops',
  );
  await standOpen('conversation.dead_letter', 1);
  const [letter] = await letters('--kind', 'inbound');
  expect(letter).toMatchObject({ kind: 'inbound', state: 'open', workspace_id: workspace.workspaceId, attempts: 1 });
  const id = letter?.['id'] ?? '';
  const [human, shown, whole, status] = await Promise.all([
    baton('dead', 'list'),
    baton('dead', 'show', id),
    baton('dead', 'show', id, '--show-text'),
    baton('status'),
  ]);
  expect(status).toMatchObject({ code: 1, stdout: expect.stringContaining('1 dead letters stand open') });
  expect(human.stdout).toContain(id);
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining(account.channel_account_id) });
  expect(JSON.stringify([letter, human, shown])).not.toContain('secret');
  expect(whole.stdout).toContain('my secret is 42');
  // It is as unreadable as before, so it comes back under an id of its own.
  expect(await baton('dead', 'retry', id)).toMatchObject({ code: 0, stdout: expect.stringContaining('retried') });
  await standOpen('conversation.dead_letter', 1);
  const [again] = await letters('--kind', 'inbound');
  expect(again?.['id']).not.toBe(id);
  expect(await baton('dead', 'drop', '--all', '--kind', 'inbound')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  expect(await baton('dead', 'drop', '--all', '--kind', 'inbound', '--yes')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('dropped'),
  });
  expect(await letters('--kind', 'inbound')).toEqual([]);
  const all = await letters('--kind', 'inbound', '--all');
  expect(all.map((one) => [one['id'], one['state']])).toEqual([
    [again?.['id'], 'dropped'],
    [id, 'retried'],
  ]);
});

test('a delivery that nobody took is a dead letter, can be tried again, and be given up', async () => {
  subscriber.respond({ status: 500 });
  await workspace.must('PATCH', `/v1/conversations/${conversationId}`, { subject: 'One' });
  await standOpen('delivery.delivery', 1);
  const [first] = await letters('--kind', 'delivery');
  const id = first?.['id'] ?? '';
  expect(first).toMatchObject({ kind: 'delivery', workspace_id: workspace.workspaceId, error: expect.stringContaining('500') });
  expect((await baton('dead', 'show', id, '--json')).lines[0]).toMatchObject({ id, text: null, tries: [{ status: 500 }, { status: 500 }] });
  // Dropped, and dead once more after a replay, it counts again.
  expect((await baton('dead', 'drop', id, '--yes')).code).toBe(0);
  expect((await letters('--kind', 'delivery')).map((one) => one['id'])).not.toContain(id);
  expect((await baton('dead', 'retry', id)).code).toBe(0);
  await standOpen('delivery.delivery', 1);
  expect((await letters('--kind', 'delivery')).map((one) => one['id'])).toContain(id);
  subscriber.respond();
  const { code, lines } = await baton('dead', 'retry', '--all', '--kind', 'delivery', '--workspace', workspace.workspaceId, '--json');
  expect([code, lines.every(({ retried }) => retried === true)]).toEqual([0, true]);
  await quiet();
  expect(await letters()).toEqual([]);
  expect(await baton('dead', 'drop', id, '--yes')).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no dead letter') });
});

test('an EVENTS stream that somebody deleted is filled again on demand, and its durable consumers go on', async () => {
  const manager = await jetstreamManager(nats);
  const before = (await manager.streams.info('EVENTS')).state.messages;
  await manager.consumers.add('EVENTS', { durable_name: 'somebody', ack_policy: AckPolicy.Explicit });
  await manager.streams.delete('EVENTS');
  expect(await baton('events', 'rebuild')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  const rebuilt = await baton('events', 'rebuild', '--yes', '--json');
  expect(rebuilt.stderr).toBe('');
  // What was lost whole is put back by the outbox, should it have noticed first or be told.
  expect(rebuilt.lines).toEqual([expect.objectContaining({ missing: 0, stream_was_lost: expect.any(Boolean) })]);
  // Signals between services are not kept.
  expect((await manager.streams.info('EVENTS')).state.messages).toBeLessThanOrEqual(before);
  expect((await baton('events', 'rebuild', '--dry-run', '--json')).lines).toEqual([{ missing: 0, published: 0, stream_was_lost: false }]);
  const customer = workspace.customer(account);
  await customer.says('After the loss');
  await customer.heard(1, 60_000);
  await quiet();
});

test('what was taken out of a stream that stands is noticed and filled in, also within the hours in which the server knows its ids', async () => {
  const manager = await jetstreamManager(nats);
  await manager.streams.purge('EVENTS', { filter: `*.*.*.*.${conversationId}` });
  const sql = 'select event_sequence::int as n from conversation.conversation where conversation_id = $1';
  const [{ n }] = await database.rows(sql, [conversationId]);
  // What is younger than five seconds may be on its way, and is not missed yet.
  await eventually(
    () => baton('events', 'rebuild', '--dry-run', '--json'),
    ({ lines: [found] }) => found?.missing === n && found.published === 0,
    { timeoutMs: 30_000, what: `${n} events missed` },
  );
  const broken = await baton('verify', '--grace', '1s', '--json');
  expect(broken.code).toBe(1);
  const complete = broken.lines[0].invariants.find(({ invariant }: { invariant: string }) => invariant === 'events.complete');
  expect(complete).toMatchObject({ violations: 1, first: [{ conversation_id: conversationId }] });
  expect((await baton('events', 'rebuild', '--yes', '--json')).lines).toMatchObject([{ missing: n, published: n }]);
  expect((await baton('events', 'rebuild', '--dry-run', '--json')).lines).toMatchObject([{ missing: 0 }]);
  // Who makes webhooks of events may still be finding out that the stream of the test before is no more.
  const whole = await eventually(
    () => baton('verify', '--grace', '1s'),
    ({ code }) => code === 0,
    { timeoutMs: 20_000 },
  );
  expect(whole.stdout).toContain('No invariant is broken.');
});

test('what waits in INBOUND is told of and read again, and nothing of it is doubled', async () => {
  const customer = workspace.customer(account);
  const blocker = new pg.Client({ connectionString: running.product.databaseUrl });
  await blocker.connect();
  try {
    // Whoever writes messages waits; who reads them does not.
    await blocker.query('begin; lock table conversation.message in share mode');
    await customer.says('One');
    await customer.says('Two');
    const inbound = await jetstreamManager(nats);
    await eventually(
      async () => (await inbound.streams.info('INBOUND')).state.messages,
      (n) => n === 2,
    );
    // As a copy of the store that is put back would bring it: under no id that the server knows.
    const { data, subject } = (await inbound.streams.getMessage('INBOUND', {
      seq: (await inbound.streams.info('INBOUND')).state.last_seq,
    }))!;
    await jetstream(nats).publish(subject, data);
    expect((await baton('inbound', 'replay', '--dry-run', '--json')).lines).toMatchObject([
      { messages: 3, left: 3, partitions: [expect.any(Number)] },
    ]);
    // Once the messages have waited for longer than the second of grace.
    await eventually(
      () => baton('verify', '--grace', '1s', '--json'),
      ({ code, lines: [{ invariants }] }) =>
        code === 1 && invariants.find(({ invariant }: { invariant: string }) => invariant === 'inbound.drains').violations === 1,
      { what: 'verify tells of what waits' },
    );
    const consumers = async () => (await inbound.consumers.list('INBOUND').next()).map(({ name, created }) => `${name} ${created}`).join();
    const reading = await consumers();
    const replaying = baton('inbound', 'replay', '--json');
    await eventually(consumers, (now) => now !== reading, { timeoutMs: 20_000, what: 'somebody to begin anew' });
    await blocker.query('commit');
    expect(await replaying).toMatchObject({ code: 0, lines: [{ messages: 3, left: 0 }] });
  } finally {
    await blocker.end();
  }
  await customer.heard(1);
  await quiet();
  const sql = `select text from conversation.message where from_number = $1 and direction = 'inbound' order by sequence`;
  expect((await database.rows(sql, [customer.address])).map(({ text }) => text)).toEqual(['One', 'Two']);
});

test('readers whose consumers somebody deletes read every stream again, and do nothing twice', async () => {
  const manager = await jetstreamManager(nats);
  const own = await makeWorkspace(running.product);
  const line = await own.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550101' });
  const customers = Array.from({ length: 5 }, () => own.customer(line));
  const told = new Map(customers.map((customer) => [customer, [] as string[]]));
  const everybodySays = async (text: string): Promise<void> => {
    await Promise.all(customers.map((customer) => customer.says(text)));
    for (const texts of told.values()) texts.push(text);
  };
  const durable = async (stream: string): Promise<string[]> =>
    (await manager.consumers.list(stream).next()).flatMap(({ config }) => config.durable_name ?? []);
  const heard = async (customer: Customer): Promise<string[]> =>
    (await customer.outbox()).flatMap(({ text }) => text.replace(/^Echo: /, '').split('\n'));
  await everybodySays('One');
  for (const stream of ['EVENTS', 'INBOUND'])
    for (const name of await durable(stream)) await Promise.all([manager.consumers.delete(stream, name), everybodySays(name)]);
  await everybodySays('Last');
  for (const customer of customers)
    await eventually(
      () => heard(customer),
      (texts) => texts.at(-1) === 'Last',
      { timeoutMs: 60_000, what: 'the answer to the last word' },
    );
  // Everything again, up to the end.
  await eventually(
    () => manager.consumers.info('EVENTS', 'dispatcher-turns').catch(() => undefined),
    (info) => info !== undefined && info.num_pending === 0 && info.num_ack_pending === 0,
    { timeoutMs: 60_000, what: 'the end of the stream, once more' },
  );
  await quiet();
  for (const customer of customers) expect(await heard(customer)).toEqual(told.get(customer));
  // Receipts come after all; what is broken stays so.
  await eventually(
    () => judgeWorkspace({ query: database.rows, connection: nats, workspaceId: own.workspaceId }),
    (broken) => broken.length === 0,
    { timeoutMs: 20_000, what: 'no broken invariant' },
  );
});

test('wrong use and servers that are away have exit codes of their own', async () => {
  const nowhere = batonFor(running, { BATON_CONVERSATION_STATE_ADDR: '127.0.0.1:9', BATON_NATS_URL: 'nats://127.0.0.1:9' });
  const wrongToken = batonFor(running, { BATON_SERVICE_TOKEN: 'guessed' });
  const [role] = await database.rows('select rolname from pg_roles where rolname = $1', ['baton_conversation']);
  const tenant = new URL(running.product.databaseUrl);
  Object.assign(tenant, { username: role.rolname, password: 'test-baton_conversation' });
  const ended = await Promise.all([
    baton('--help'),
    baton('frobnicate'),
    baton('verify', '--since', 'yesterday'),
    baton('dead', 'retry'),
    baton('dead', 'show', 'dlt_01m3y0000000000000000000000'),
    nowhere('dead', 'list'),
    nowhere('verify'),
    wrongToken('dead', 'list'),
    baton('verify', '--postgres', tenant.href),
  ]);
  expect(ended.map(({ code }) => code)).toEqual([0, 2, 2, 2, 1, 3, 3, 3, 2]);
  expect(ended.at(-1)?.stderr).toContain('Row-level security hides rows');
});
