import { inWorkspaces } from '@baton/db/scope.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { sql } from 'kysely';
import type { Store } from '../store/store.ts';

/**
 * Whose conversation it is when somebody starts one and names no agent: of the agents that can be reached on the channel, the one whom this customer's
 * latest open conversation is with; without one, the one whose account is the oldest.
 */
export async function agentFor(store: Store, workspaceId: string, o: { channel: string; to: string; from: string }): Promise<string> {
  const { rows } = await inWorkspaces(store.db, [workspaceId], (trx) =>
    sql<{ agent_id: string }>`
      select ca.agent_id from conversation.channel_account ca
      left join lateral (
        select max(a.active_at) as active_at from conversation.conversation c
        join conversation.activity a on a.conversation_id = c.conversation_id
        where c.workspace_id = ${workspaceId} and c.remote_address = ${o.to} and c.agent_id = ca.agent_id and c.closed_at is null
      ) talk on true
      where ca.workspace_id = ${workspaceId} and ca.channel = ${o.channel} and ca.enabled and (${o.from} = '' or ca.address = ${o.from})
      order by talk.active_at desc nulls last, ca.channel_account_id limit 1`.execute(trx),
  );
  const [found] = rows;
  if (!found) throw new BatonError('channel_unavailable', `No enabled ${o.channel} account can send this; add one with POST /v1/channels.`);
  return found.agent_id;
}
