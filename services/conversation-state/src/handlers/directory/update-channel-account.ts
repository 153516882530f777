import type { ChannelAccount, UpdateChannelAccountRequest } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import { changeDirectory, type DirectoryDeps } from '../../commands/directory.ts';
import { findChannelAccount, holdAgent } from '../../store/directory.ts';
import { accountTraffic } from '../../traffic/read-traffic.ts';
import { applyChannelAccount } from '../../wire/channel-account.ts';
import { contextFromWire } from '../../wire/context.ts';
import { channelAccountToWire } from '../../wire/directory.ts';

export async function handleUpdateChannelAccount(
  { store, secrets }: DirectoryDeps,
  request: UpdateChannelAccountRequest,
): Promise<ChannelAccount> {
  const context = contextFromWire(request.context);
  const wire = request.channelAccount;
  if (!wire) throw invalidField('/channel_account', 'is missing');
  const id = request.channelAccountId;
  const stored = await changeDirectory(store, context, {
    write: async (trx) => {
      // The agent first, as in its deletion: two that lock in another order wait for each other.
      if (request.fields.includes('agent_id')) await holdAgent(trx, wire.agentId);
      await trx
        .selectFrom('conversation.channel_account')
        .select('channel_account_id')
        .where('channel_account_id', '=', id)
        .forUpdate()
        .execute();
      const row = { ...applyChannelAccount(await findChannelAccount(trx, id), wire, request.fields, secrets), updated_at: store.now() };
      await trx.updateTable('conversation.channel_account').set(row).where('channel_account_id', '=', id).execute();
      return { kind: 'channel_account' as const, row };
    },
    again: async (trx, found) => ({ kind: 'channel_account' as const, row: await findChannelAccount(trx, found) }),
    idOf: (entry) => entry.row.channel_account_id,
  });
  return channelAccountToWire(stored, (await accountTraffic(store, context.workspaceId, [id])).get(id));
}
