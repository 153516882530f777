import type {
  ListChannelAccountsRequest,
  ListChannelAccountsResponse,
} from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import type { Channel, Provider } from '@baton/contracts/vocabulary.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import type { DirectoryDeps } from '../../commands/directory.ts';
import { decodeCursor, page } from '../../store/cursor.ts';
import { accountTraffic } from '../../traffic/read-traffic.ts';
import { channelAccountToWire } from '../../wire/directory.ts';
import { pageSize } from '../../wire/page.ts';

/** Newest first. */
export async function handleListChannelAccounts(
  { store }: DirectoryDeps,
  request: ListChannelAccountsRequest,
): Promise<ListChannelAccountsResponse> {
  const size = pageSize(request.pageSize);
  const from = decodeCursor(request.cursor, 1);
  const { agentId, provider, channel, enabled } = request;
  const found = await inWorkspaces(store.db, [request.workspaceId], (trx) => {
    let query = trx
      .selectFrom('conversation.channel_account')
      .selectAll()
      .where('workspace_id', '=', request.workspaceId)
      .where('deleted_at', 'is', null)
      .orderBy('channel_account_id', 'desc')
      .limit(size + 1);
    if (agentId !== undefined) query = query.where('agent_id', '=', agentId);
    if (provider !== undefined) query = query.where('provider', '=', provider as Provider);
    if (channel !== undefined) query = query.where('channel', '=', channel as Channel);
    if (enabled !== undefined) query = query.where('enabled', '=', enabled);
    if (from) query = query.where('channel_account_id', '<', String(from[0]));
    return query.execute();
  });
  const { rows, next } = page(found, size, (row) => [row.channel_account_id]);
  const ids = rows.map((row) => row.channel_account_id);
  const traffic = await accountTraffic(store, request.workspaceId, ids);
  return { channelAccounts: rows.map((row) => channelAccountToWire(row, traffic.get(row.channel_account_id))), nextCursor: next };
}
