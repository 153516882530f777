import { againHeader } from '@baton/contracts/subjects.ts';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Link } from './event-chains.ts';

const atOnce = 2_000;

/**
 * What EVENTS holds now, in its order, for one workspace or partition or all. What comes later is left out. Nothing is acknowledged and no consumer of anybody else is touched;
 * ours is the server's own memory, which forgets it.
 */
export async function* storedEvents(
  connection: NatsConnection,
  o: { workspaceId?: string | null; partition?: number; since?: Date } = {},
): AsyncGenerator<Link> {
  const manager = await jetstreamManager(connection);
  const { name } = await manager.consumers.add('EVENTS', {
    ack_policy: AckPolicy.None,
    ...(o.since
      ? { deliver_policy: DeliverPolicy.StartTime, opt_start_time: o.since.toISOString() }
      : { deliver_policy: DeliverPolicy.All }),
    filter_subject: `*.*.${o.partition === undefined ? '*' : `p${String(o.partition).padStart(2, '0')}`}.${o.workspaceId ?? '*'}.*`,
    mem_storage: true,
    inactive_threshold: 60_000_000_000,
  });
  const consumer = await jetstream(connection).consumers.get('EVENTS', name);
  try {
    for (let left = (await consumer.info()).num_pending; left > 0; ) {
      const before = left;
      for await (const message of await consumer.fetch({ max_messages: Math.min(left, atOnce), expires: 10_000 })) {
        left -= 1;
        const { conversation_id, sequence, event_id } = message.json<Link>();
        yield { conversation_id, sequence, event_id, again: message.headers?.has(againHeader) ?? false };
      }
      if (left === before) throw new Error(`EVENTS was to bring ${left} more events, and brought none.`);
    }
  } finally {
    await consumer.delete().catch(() => undefined);
  }
}
