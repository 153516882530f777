import { notFound } from '@baton/errors/baton-error.ts';
import type { Transaction } from 'kysely';
import type { AgentRow, ChannelAccountRow } from '../domain/rows.ts';
import type { Tables } from './tables.ts';

/** Throws `not_found`, also for what is deleted (unless `alsoDeleted`) or belongs to another workspace. */
export async function findAgent(
  trx: Transaction<Tables>,
  agentId: string,
  o: { alsoDeleted: boolean } = { alsoDeleted: false },
): Promise<AgentRow> {
  const row = await trx.selectFrom('conversation.agent').selectAll().where('agent_id', '=', agentId).executeTakeFirst();
  if (!row || (row.deleted_at && !o.alsoDeleted)) throw notFound('agent', agentId);
  return row;
}

/** The same, and until this transaction ends nobody deletes the agent: else an account could be made for one that is gone. */
export async function holdAgent(trx: Transaction<Tables>, agentId: string): Promise<void> {
  const row = await trx
    .selectFrom('conversation.agent')
    .select('agent_id')
    .where('agent_id', '=', agentId)
    .where('deleted_at', 'is', null)
    .forShare()
    .executeTakeFirst();
  if (!row) throw notFound('agent', agentId);
}

export async function findChannelAccount(trx: Transaction<Tables>, channelAccountId: string): Promise<ChannelAccountRow> {
  const row = await trx
    .selectFrom('conversation.channel_account')
    .selectAll()
    .where('channel_account_id', '=', channelAccountId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!row) throw notFound('channel account', channelAccountId);
  return row;
}
