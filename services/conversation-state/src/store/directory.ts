import { notFound } from '@baton/errors/baton-error.ts';
import type { Transaction } from 'kysely';
import type { AgentRow, ChannelAccountRow } from '../domain/rows.ts';
import type { Tables } from './tables.ts';

/** Throws `not_found`, also for what belongs to another workspace. */
export async function findAgent(trx: Transaction<Tables>, agentId: string): Promise<AgentRow> {
  const row = await trx.selectFrom('conversation.agent').selectAll().where('agent_id', '=', agentId).executeTakeFirst();
  if (!row) throw notFound('agent', agentId);
  return row;
}

export async function findChannelAccount(trx: Transaction<Tables>, channelAccountId: string): Promise<ChannelAccountRow> {
  const row = await trx
    .selectFrom('conversation.channel_account')
    .selectAll()
    .where('channel_account_id', '=', channelAccountId)
    .executeTakeFirst();
  if (!row) throw notFound('channel account', channelAccountId);
  return row;
}
