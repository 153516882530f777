import { streams } from '@baton/contracts/subjects.ts';
import { createLogger } from '@baton/runtime/logger.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createEvents } from '../src/events.ts';
import { type Era, EventsStream } from '../src/outbox/events-stream.ts';
import { OutboxTable } from '../src/outbox/outbox-table.ts';
import { OutboxRelay } from '../src/outbox/relay.ts';
import type { CommittedEvent } from '../src/store/store.ts';
import { meet } from './acts.ts';
import { type Harness, makeWorkspace, startHarness, type Workspace } from './harness.ts';

let h: Harness;
let w: Workspace;
beforeAll(async () => {
  h = await startHarness();
  w = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

const inOutbox = async (positions: number[]) =>
  (await h.admin.query('select position from conversation.outbox where position = any($1)', [positions])).rowCount;

async function eventsOf(conversationId: string): Promise<CommittedEvent[]> {
  const { rows } = await h.admin.query<CommittedEvent>(
    'select * from conversation.event where conversation_id = $1 and sequence > 0 order by sequence',
    [conversationId],
  );
  return rows;
}

/** A stream of which each look, counted from 1, may find another era. */
function countedLooks(looks: (nth: number) => Era) {
  let looked = 0;
  return {
    unsettled: () => undefined,
    missing: () => undefined,
    get era() {
      looked += 1;
      return looks(looked);
    },
    looked: () => looked,
  };
}

test('an event that was published into a stream that is no more stays in the outbox, for the new one', async () => {
  const { id } = await meet(h, w);
  const events = await eventsOf(id);
  const positions = events.map(({ position }) => position);
  await eventually(
    () => inOutbox(positions),
    (left) => left === 0,
  );
  // In a partition that does not exist, so that the service leaves them alone.
  await h.admin.query(
    'insert into conversation.outbox (workspace_id, partition, position) select workspace_id, 999, position from conversation.event where position = any($1)',
    [positions],
  );
  let replaced = 0;
  const table = new OutboxTable(h.admin, () => {
    replaced++;
  });
  const there = events.map((event) => ({ ...event, partition: 999 }));
  table.published(there, { created: 'an earlier stream' });
  await table.flush();
  expect(await inOutbox(positions)).toBe(positions.length);
  expect(replaced).toBe(1);
  const { rows } = await h.admin.query<Era>('select created from conversation.events_stream');
  table.published(there, rows[0]!);
  await table.flush();
  expect(await inOutbox(positions)).toBe(0);
  expect(replaced).toBe(1);
});

test('what was read before the stream was lost is not published after it, since older events may have to go first', async () => {
  const events = await eventsOf((await meet(h, w)).id);
  const first = { ...events[0]!, event_id: `evt_${crypto.randomUUID()}`, conversation_id: `conv_${crypto.randomUUID()}` };
  const subject = `${first.subject.slice(0, first.subject.lastIndexOf('.'))}.${first.conversation_id}`;
  const held = [first.partition];
  const { rows } = await h.admin.query<Era>('select created from conversation.events_stream');
  const logger = createLogger('test');
  const publishedAs = async (looks: (nth: number) => Era) => {
    // The first look is before it reads what to publish.
    const stream = countedLooks(looks);
    await using relay = new OutboxRelay({ bus: h.bus, pool: h.admin, logger, events: createEvents(logger), held: () => held, stream });
    relay.committed([{ ...first, subject }]);
    relay.start();
    await eventually(
      () => stream.looked(),
      (count) => count >= 4,
    );
    const { state } = await h.bus.jsm.streams.info(streams.events, { subjects_filter: subject });
    return Object.keys(state.subjects ?? {}).length;
  };
  const era = rows[0]!;
  expect(await publishedAs((nth) => (nth === 1 ? era : { ...era }))).toBe(0);
  expect(await publishedAs(() => era)).toBe(1);
});

test('what was stored in the moment in which the stream was lost does not count as published', async () => {
  const [event] = await eventsOf((await meet(h, w)).id);
  // In a partition that does not exist, so that the service leaves it alone.
  const partition = 998;
  const position = event!.position;
  const insert = 'insert into conversation.outbox (workspace_id, partition, position) values ($1, $2, $3)';
  await h.admin.query(insert, [w.workspaceId, partition, position]);
  const { rows } = await h.admin.query<Era>('select created from conversation.events_stream');
  const logger = createLogger('test', 'silent');
  const left = async (looks: (nth: number) => Era) => {
    const stream = countedLooks(looks);
    {
      const held = () => [partition];
      await using relay = new OutboxRelay({ bus: h.bus, pool: h.admin, logger, events: createEvents(logger), held, stream });
      relay.committed([{ ...event!, partition }]);
      relay.start();
      await eventually(
        () => stream.looked(),
        (count) => count >= 4,
      );
    }
    const there = await h.admin.query('select position from conversation.outbox where partition = $1', [partition]);
    return there.rows.map((row) => row.position);
  };
  const era = rows[0]!;
  // The first look is before it reads what to publish, the second before it publishes.
  expect(await left((nth) => (nth <= 2 ? era : { ...era }))).toEqual([position]);
  expect(await left(() => era)).toEqual([]);
});

/** What follows from an answer is done by then. */
const turnOfTheLoop = () => new Promise((resolve) => setImmediate(resolve));

test('an era lasts as long as nothing can have happened to the stream, also over the looks that find nothing new', async () => {
  const { max_bytes: eventsMaxBytes } = (await h.bus.jsm.streams.info(streams.events)).config;
  const { max_bytes: inboundMaxBytes } = (await h.bus.jsm.streams.info(streams.inbound)).config;
  const settings = { replicas: 1, inboundMaxBytes, eventsMaxBytes };
  const looks = vi.spyOn(h.bus.jsm.streams, 'info');
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const logger = createLogger('test');
    await using stream = new EventsStream({ bus: h.bus, pool: h.admin, logger, settings, replaced: () => undefined });
    stream.start();
    await stream.unsettled();
    const { era } = stream;
    expect(era).toBeDefined();
    await turnOfTheLoop();
    looks.mockClear();
    vi.advanceTimersByTime(60_000);
    await eventually(
      () => looks.mock.settledResults.length,
      (count) => count > 0,
    );
    await turnOfTheLoop();
    expect(stream.era).toBe(era);
    expect(await stream.lookNow()).not.toBe(era);
  } finally {
    vi.useRealTimers();
    looks.mockRestore();
  }
});
