import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../support/api.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { isAlive, pidOf } from '../support/processes.ts';
import { sharedProduct } from '../support/product.ts';
import { followRestlessly } from '../support/streams/restless-reader.ts';
import { SseReader } from '../support/streams/sse.ts';
import { type Account, type Customer, makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();

let database: Database;
let workspace: Workspace;
let account: Account;

beforeAll(async () => {
  database = openDatabase(product);
  workspace = await makeWorkspace(product);
  account = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550112' });
});

afterAll(() => database?.[Symbol.asyncDispose]());

test('a client that reconnects every 200 ms sees each sequence once, without a gap, also while a gateway is killed', async () => {
  const customers = await Promise.all(Array.from({ length: 3 }, () => known(workspace.customer(account))));
  const [first] = customers;
  if (!first) throw new Error('unreachable');
  const streams = (path: string): string[] => product.gatewayUrls.map((base) => `${base}${path}`);
  await using one = await followRestlessly(streams(`/v1/conversations/${first.id}/stream`), workspace.key);
  await using all = await followRestlessly(streams('/v1/stream'), workspace.key);

  const victim = pidOf(product, 'gateway-2');
  const talking = Promise.all(customers.map((customer) => talk(customer.customer, 30, 150)));
  await wait(1_500);
  process.kill(victim, 'SIGKILL');
  await talking;
  expect(isAlive(victim)).toBe(false);

  const written = await eventually(lastSequences, (rows) => customers.every(({ id }) => rows.get(id)?.isQuiet), {
    timeoutMs: 20_000,
    what: 'the end of all receipts',
  });
  for (const { id } of customers) {
    const last = written.get(id)?.last ?? 0;
    await eventually(
      () => all.frames.filter(({ conversation_id }) => conversation_id === id).at(-1)?.sequence,
      (sequence) => sequence >= last,
      { timeoutMs: 20_000 },
    );
    expectWhole(all.frames, id, last);
  }
  const last = written.get(first.id)?.last ?? 0;
  await eventually(
    () => one.frames.at(-1)?.sequence,
    (sequence) => sequence >= last,
  );
  expectWhole(one.frames, first.id, last);
  expect(one.frames.every(({ conversation_id }) => conversation_id === first.id)).toBe(true);
  expect(new Set(all.frames.map(({ event_id }) => event_id)).size).toBe(all.frames.length);
  expect(one.connections()).toBeGreaterThan(15);
});

test('a position from before everything replays the whole thread, in order', async () => {
  const { id, customer } = await known(workspace.customer(account));
  const url = `${product.gatewayUrls[0]}/v1/conversations/${id}/stream`;
  const position = await (async () => {
    await using reader = await SseReader.open(url, { key: workspace.key });
    await customer.says('Where do we stand?');
    await eventually(() => reader.frames.length > 0);
    return reader.frames[0]?.id;
  })();
  await customer.says('And now?');
  await customer.heard(3);
  await using again = await SseReader.open(`${url}?last_event_id=${encodeURIComponent(position ?? '')}`, { key: workspace.key });
  await eventually(() => again.ofType('message.queued').length >= 2);
  const sequences = again.frames.map(({ data }) => data.sequence as number);
  expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index));
  expect(again.frames.some(({ data }) => data.event_type === 'stream.gap')).toBe(false);
});

test('a ticket opens one stream, once', async () => {
  const { ticket } = await workspace.must('POST', '/v1/stream-tickets');
  const url = `${product.gatewayUrls[0]}/v1/stream?token=${ticket}`;
  await using _reader = await SseReader.open(url);
  await expect(SseReader.open(url)).rejects.toThrow(/answered 401/);
});

type Known = { id: string; customer: Customer };

async function known(customer: Customer): Promise<Known> {
  await customer.says('Hello');
  await customer.heard(1);
  return { customer, id: (await workspace.conversationOf(customer.address)).conversation_id };
}

async function talk(customer: Customer, messages: number, everyMs: number): Promise<void> {
  for (let nth = 1; nth <= messages; nth += 1) {
    await customer.says(`Message ${nth}`);
    await wait(everyMs);
  }
}

/** The newest event of each conversation, and whether any more are to come: the simulator reads what it was sent a second later. */
async function lastSequences(): Promise<Map<string, { last: number; isQuiet: boolean }>> {
  const rows = await database.rows(
    `select c.conversation_id, c.event_sequence::int as last,
            not exists (select 1 from conversation.message m where m.conversation_id = c.conversation_id and m.direction = 'outbound' and m.status <> 'read')
        and not exists (select 1 from conversation.dispatch d where d.conversation_id = c.conversation_id and d.outcome in ('pending', 'in_flight')) as quiet
     from conversation.conversation c where c.workspace_id = $1`,
    [workspace.workspaceId],
  );
  return new Map(rows.map(({ conversation_id, last, quiet }) => [conversation_id, { last, isQuiet: quiet }]));
}

function expectWhole(frames: Json[], id: string, last: number): void {
  const sequences = frames.filter(({ conversation_id }) => conversation_id === id).map(({ sequence }) => sequence as number);
  const start = sequences[0] ?? 0;
  expect(sequences).toEqual(Array.from({ length: last - start + 1 }, (_, index) => start + index));
}
