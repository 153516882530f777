import { randomUUID } from 'node:crypto';
import type { Bus } from '@baton/bus/connect.ts';
import { publish } from '@baton/bus/publish.ts';
import { rebuildConsumer, streams } from '@baton/contracts/subjects.ts';
import { AckPolicy, DeliverPolicy, JetStreamApiError } from '@nats-io/jetstream';
import type pg from 'pg';
import type { CommittedEvent } from '../store/store.ts';
import { KnownNumbers } from './known-numbers.ts';
import { publicationOf } from './publication.ts';

const positionsAtOnce = 2_000;
const readAtOnce = 1_000;
/** What was committed a moment ago may be on its way. */
const youngMs = 5_000;
/** What is logged at a moment is stored a little later, or by a clock that goes before. */
const skewMs = 600_000;

interface Numbered {
  conversation_id: string;
  sequence: number;
}

/** What EVENTS holds since then. */
async function numbersIn(bus: Bus, since: Date, signal: AbortSignal): Promise<KnownNumbers> {
  const known = new KnownNumbers();
  // Left over by a process that died.
  await removeConsumer(bus);
  await bus.jsm.consumers.add(streams.events, {
    name: rebuildConsumer,
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(since.getTime() - skewMs).toISOString(),
    mem_storage: true,
    inactive_threshold: 60_000_000_000,
  });
  const consumer = await bus.js.consumers.get(streams.events, rebuildConsumer);
  try {
    for (let left = (await consumer.info()).num_pending; left > 0; ) {
      signal.throwIfAborted();
      const before = left;
      for await (const message of await consumer.fetch({ max_messages: Math.min(left, readAtOnce), expires: 10_000 })) {
        left -= 1;
        const { conversation_id, sequence } = message.json<Numbered>();
        if (sequence > 0) known.add(conversation_id, sequence);
      }
      if (left === before) throw new Error(`EVENTS was to bring ${left} more events, and brought none.`);
    }
  } finally {
    await removeConsumer(bus).catch(() => undefined);
  }
  return known;
}

async function removeConsumer(bus: Bus): Promise<void> {
  await bus.jsm.consumers.delete(streams.events, rebuildConsumer).catch((error: unknown) => {
    if (!(error instanceof JetStreamApiError)) throw error;
  });
}

const stretch = `select e.*, true as again from conversation.event e
  where e.position > $1 and e.position <= $2 and e.sequence > 0 and e.created_at >= $3 and e.created_at < $4
    and not exists (select from conversation.outbox o where o.partition = e.partition and o.position = e.position)
  order by e.position`;

/** Events that are logged and published, and that EVENTS does not hold, oldest first, in stretches of the log. */
export async function* missingEvents(
  at: { bus: Bus; pool: pg.Pool },
  o: { since: Date; now: Date; signal: AbortSignal },
): AsyncGenerator<CommittedEvent[]> {
  const known = await numbersIn(at.bus, o.since, o.signal);
  const ends = await at.pool.query<{ first: number | null; last: number | null }>(
    'select min(position) as first, max(position) as last from conversation.event where created_at >= $1',
    [o.since],
  );
  const { first, last } = ends.rows[0]!;
  if (first === null || last === null) return;
  const until = new Date(o.now.getTime() - youngMs);
  for (let from = first - 1; from < last; from += positionsAtOnce) {
    o.signal.throwIfAborted();
    const { rows } = await at.pool.query<CommittedEvent>(stretch, [from, from + positionsAtOnce, o.since, until]);
    yield rows.filter((event) => !known.has(event.conversation_id, event.sequence));
  }
}

/**
 * Stores them again, marked, in their order. Under ids of their own: the server remembers for a while what it has stored, also when somebody has purged it since,
 * and would take them for known.
 */
export async function publishAgain(bus: Bus, events: readonly CommittedEvent[]): Promise<void> {
  const round = randomUUID();
  await Promise.all(
    events.map((event) => {
      const publication = publicationOf(event);
      return publish(bus, { ...publication, id: `again:${round}:${publication.id}` });
    }),
  );
}
