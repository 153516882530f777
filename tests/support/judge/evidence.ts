import { serverOptions } from '@baton/bus/connect.ts';
import type { ProviderCall } from '@baton/testkit/fake-provider.ts';
import { judgeWorkspace } from '@baton/verify/judge-workspace.ts';
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
    conversations: await rows('select conversation_id, remote_address from conversation.conversation where workspace_id = $1', mine),
    messages: await rows(
      `select message_id, conversation_id, sequence, direction, author, text, status, status_history, provider_message_id, dispatch_id
       from conversation.message where workspace_id = $1`,
      mine,
    ),
    dispatches: await rows(
      `select dispatch_id, conversation_id, message_ids, outcome, reason, reply_message_ids from conversation.dispatch where workspace_id = $1`,
      mine,
    ),
    provider: o.provider
      .filter(({ accepted, repeat }) => accepted && !repeat)
      .map((call) => ({ to: call.to, text: call.text, id: call.providerMessageId ?? '', at: call.at })),
    violations: await violations(at),
    leftovers: [
      ...(await counted(rows, 'select count(*)::int as n from conversation.outbox', 'events are not published')),
      ...(await counted(rows, 'select count(*)::int as n from conversation.dead_letter', 'dead letters of conversation-state')),
      ...(await counted(rows, 'select count(*)::int as n from delivery.dead_letter', 'dead letters of the dispatcher')),
    ],
  };
}

async function violations({
  product,
  database,
  workspaceId,
}: {
  product: Product;
  database: Database;
  workspaceId: string;
}): Promise<string[]> {
  const connection = await connect(serverOptions(product.natsUrl));
  try {
    const found = await judgeWorkspace({ query: database.rows, connection, workspaceId });
    return found.map(({ invariant, conversation_id, id, detail }) => `${invariant}: ${id} of ${conversation_id}: ${detail}`);
  } finally {
    await connection.close();
  }
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
