import type { ChannelAccount, GetChannelAccountRequest } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import type { DirectoryDeps } from '../../commands/directory.ts';
import { findChannelAccount } from '../../store/directory.ts';
import { accountTraffic } from '../../traffic/read-traffic.ts';
import { channelAccountToWire } from '../../wire/directory.ts';

export async function handleGetChannelAccount({ store }: DirectoryDeps, request: GetChannelAccountRequest): Promise<ChannelAccount> {
  const { workspaceId, channelAccountId } = request;
  const row = await inWorkspaces(store.db, [workspaceId], (trx) => findChannelAccount(trx, channelAccountId));
  return channelAccountToWire(row, (await accountTraffic(store, workspaceId, [channelAccountId])).get(channelAccountId));
}
