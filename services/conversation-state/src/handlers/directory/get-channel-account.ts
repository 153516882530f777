import type { ChannelAccount, GetChannelAccountRequest } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import type { DirectoryDeps } from '../../commands/directory.ts';
import { findChannelAccount } from '../../store/directory.ts';
import { channelAccountToWire } from '../../wire/directory.ts';

export async function handleGetChannelAccount({ store }: DirectoryDeps, request: GetChannelAccountRequest): Promise<ChannelAccount> {
  return channelAccountToWire(
    await inWorkspaces(store.db, [request.workspaceId], (trx) => findChannelAccount(trx, request.channelAccountId)),
  );
}
