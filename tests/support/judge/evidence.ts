import type { ProviderCall } from '@baton/testkit/fake-provider.ts';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { Database } from '../database.ts';
import type { Product } from '../product.ts';
import type { Evidence } from './checker.ts';

/** Collects what Postgres, the EVENTS stream and the provider's log hold of one workspace. */
export async function gather(
  at: { product: Product; database: Database; workspaceId: string },
  o: { accepted: Evidence['accepted']; provider: ProviderCall[] },
): Promise<Evidence> {
  const { rows } = at.database;
  const mine = [at.workspaceId];
  return {
    accepted: o.accepted,
    conversations: await rows(
      'select conversation_id, remote_address, message_count, event_sequence::int from conversation.conversation where workspace_id = $1',
      mine,
    ),
    messages: await rows(
      `select message_id, conversation_id, sequence, direction, author, text, status, status_history, provider_message_id, dispatch_id
       from conversation.message where workspace_id = $1`,
      mine,
    ),
    dispatches: await rows(
      `select dispatch_id, conversation_id, message_ids, outcome, reason, reply_message_ids from conversation.dispatch where workspace_id = $1`,
      mine,
    ),
    events: await streamed(at.product, at.workspaceId),
    provider: o.provider
      .filter(({ accepted }) => accepted)
      .map((call) => ({ to: call.to, text: call.text, id: call.providerMessageId ?? '', at: call.at })),
    leftovers: [
      ...(await counted(rows, 'select count(*)::int as n from conversation.outbox', 'events are not published')),
      ...(await counted(rows, 'select count(*)::int as n from conversation.dead_letter', 'dead letters of conversation-state')),
      ...(await counted(rows, 'select count(*)::int as n from delivery.dead_letter', 'dead letters of the dispatcher')),
    ],
  };
}

/** How much of a workspace is not at its end yet. */
export async function openWork(database: Database, workspaceId: string): Promise<number> {
  const [row] = await database.rows(
    `select (select count(*) from conversation.message where workspace_id = $1 and status in ('queued', 'sending'))
          + (select count(*) from conversation.dispatch where workspace_id = $1 and outcome in ('pending', 'in_flight'))
          + (select count(*) from conversation.outbox where workspace_id = $1) as open`,
    [workspaceId],
  );
  return Number(row.open);
}

async function counted(rows: Database['rows'], sql: string, what: string): Promise<string[]> {
  const [{ n }] = (await rows(sql)) as [{ n: number }];
  return n === 0 ? [] : [`${n} ${what}`];
}

/** All events of a workspace, in the stream's order. */
async function streamed(product: Product, workspaceId: string): Promise<Evidence['events']> {
  const connection = await connect({ servers: product.natsUrl });
  try {
    const manager = await jetstreamManager(connection);
    const { name } = await manager.consumers.add('EVENTS', {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.All,
      filter_subject: `*.*.*.${workspaceId}.*`,
      mem_storage: true,
    });
    const consumer = await jetstream(connection).consumers.get('EVENTS', name);
    const events: Evidence['events'] = [];
    for (let left = (await consumer.info()).num_pending; left > 0; ) {
      for await (const message of await consumer.fetch({ max_messages: Math.min(left, 2_000), expires: 5_000 })) {
        left -= 1;
        events.push(message.json());
      }
    }
    await consumer.delete();
    return events.map(({ conversation_id, sequence, event_id }) => ({ conversation_id, sequence, event_id }));
  } finally {
    await connection.close();
  }
}
