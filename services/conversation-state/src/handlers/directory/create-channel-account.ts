import type { ChannelAccount, CreateChannelAccountRequest } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import type { Channel, Provider } from '@baton/contracts/vocabulary.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import { changeDirectory, type DirectoryDeps } from '../../commands/directory.ts';
import type { ChannelAccountRow } from '../../domain/rows.ts';
import { findChannelAccount, holdAgent } from '../../store/directory.ts';
import { applyChannelAccount } from '../../wire/channel-account.ts';
import { contextFromWire } from '../../wire/context.ts';
import { channelAccountToWire } from '../../wire/directory.ts';

export async function handleCreateChannelAccount(
  { store, secrets }: DirectoryDeps,
  request: CreateChannelAccountRequest,
): Promise<ChannelAccount> {
  const context = contextFromWire(request.context);
  const wire = request.channelAccount;
  if (!wire) throw invalidField('/channel_account', 'is missing');
  const now = store.now();
  const blank: ChannelAccountRow = {
    channel_account_id: newId('channelAccount'),
    workspace_id: context.workspaceId,
    provider: wire.provider as Provider,
    channel: wire.channel as Channel,
    address: '',
    agent_id: '',
    enabled: true,
    credentials: null,
    credential_names: [],
    created_at: now,
    updated_at: now,
    deleted_at: null,
  };
  const row = applyChannelAccount(blank, wire, ['address', 'agent_id', 'enabled', 'credentials'], secrets);
  const stored = await changeDirectory(store, context, {
    write: async (trx) => {
      await holdAgent(trx, row.agent_id);
      await trx.insertInto('conversation.channel_account').values(row).execute();
      return { kind: 'channel_account' as const, row };
    },
    again: async (trx, id) => ({ kind: 'channel_account' as const, row: await findChannelAccount(trx, id) }),
    idOf: (entry) => entry.row.channel_account_id,
  });
  return channelAccountToWire(stored);
}
