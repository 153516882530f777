import { againHeader } from '@baton/contracts/subjects.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { meet, row } from './acts.ts';
import { type Harness, inboundMessage, makeWorkspace, send, startHarness, type Workspace } from './harness.ts';

let h: Harness;
let w: Workspace;
beforeAll(async () => {
  h = await startHarness({ instances: 2 });
  w = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

/** The numbers of a conversation's events as the stream holds them now, and which of them are marked as come again. */
async function stored(conversationId: string): Promise<{ numbers: number[]; again: number[] }> {
  const consumer = await h.bus.js.consumers.get('EVENTS', { filter_subjects: [`*.*.*.*.${conversationId}`] });
  const found = { numbers: [] as number[], again: [] as number[] };
  for (let left = (await consumer.info()).num_pending; left > 0; ) {
    for await (const message of await consumer.fetch({ max_messages: left, expires: 2000 })) {
      left--;
      const { sequence } = message.json<{ sequence: number }>();
      if (sequence === 0) continue;
      found.numbers.push(sequence);
      if (message.headers?.has(againHeader)) found.again.push(sequence);
    }
  }
  return found;
}

const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

/** How many events a conversation has, once all of them are published. */
const published = (conversationId: string, atLeast: number) =>
  eventually(
    () =>
      row<{ n: number; left: number }>(
        h,
        `select event_sequence::int as n, (select count(*)::int from conversation.outbox) as left
         from conversation.conversation where conversation_id = $1`,
        [conversationId],
      ),
    ({ n, left }) => n >= atLeast && left === 0,
    { timeoutMs: 20_000, what: 'every event published' },
  ).then(({ n }) => n);

test('a stream that is lost is made anew and holds everything again, in order, marked; what comes later stands behind it, unmarked', async () => {
  const { from, id } = await meet(h, w);
  await send(h, inboundMessage(w, from, { text: 'And more' }));
  const before = await published(id, 3);
  expect(await stored(id)).toEqual({ numbers: upTo(before), again: [] });

  await h.bus.jsm.streams.delete('EVENTS');
  await send(h, inboundMessage(w, from, { text: 'After the loss' }));
  const now = await published(id, before + 1);
  const after = await eventually(
    () => stored(id),
    ({ numbers }) => numbers.length >= now,
  );
  expect(after.numbers).toEqual(upTo(now));
  // What was written before the loss was noticed counts as lost with it.
  expect(after.again).toEqual(upTo(after.again.length));
  expect(after.again.length).toBeGreaterThanOrEqual(before);
});

test('what waits in the outbox when the stream is lost goes into the new one marked: readers may have seen it', async () => {
  const { from, id } = await meet(h, w);
  const before = await published(id, 2);
  const position = 'select workspace_id, partition, position from conversation.event where conversation_id = $1 and sequence = 1';
  // In one statement with the loss of the stream as it was: the relay has no time to publish it.
  await h.admin.query(
    `with waits as (insert into conversation.outbox (workspace_id, partition, position) ${position} on conflict do nothing)
     update conversation.events_stream set created = 'an earlier one'`,
    [id],
  );
  await h.bus.jsm.streams.delete('EVENTS');
  await send(h, inboundMessage(w, from, { text: 'After the loss' }));
  await published(id, before + 1);
  const after = await eventually(
    () => stored(id),
    ({ numbers }) => numbers.length > before,
  );
  expect(after.numbers).toEqual(upTo(after.numbers.length));
  expect(after.again).toContain(1);
});
