import type { ChannelAccount, DeleteChannelAccountRequest } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Transaction } from 'kysely';
import { changeDirectory, type DirectoryDeps } from '../../commands/directory.ts';
import type { ChannelAccountRow } from '../../domain/rows.ts';
import { findChannelAccount } from '../../store/directory.ts';
import type { Tables } from '../../store/tables.ts';
import { contextFromWire } from '../../wire/context.ts';
import { channelAccountToWire } from '../../wire/directory.ts';

/**
 * Ends an account: ingest knows it no more, its credentials are gone, nothing is sent through it. What came in before is still stored, and its
 * conversations stay; so one with open conversations is only deleted by force.
 */
export async function handleDeleteChannelAccount({ store }: DirectoryDeps, request: DeleteChannelAccountRequest): Promise<ChannelAccount> {
  const id = request.channelAccountId;
  const stored = await changeDirectory(store, contextFromWire(request.context), {
    write: async (trx) => {
      await trx
        .selectFrom('conversation.channel_account')
        .select('channel_account_id')
        .where('channel_account_id', '=', id)
        .forUpdate()
        .execute();
      await findChannelAccount(trx, id);
      if (!request.force && (await hasOpenConversation(trx, id)))
        throw new BatonError('in_use', 'Conversations are open on this channel account; close them, or repeat with ?force=true.');
      return { kind: 'channel_account' as const, row: await endAccount(trx, id, store.now()) };
    },
    again: async (trx, found) => ({
      kind: 'channel_account' as const,
      row: await trx
        .selectFrom('conversation.channel_account')
        .selectAll()
        .where('channel_account_id', '=', found)
        .executeTakeFirstOrThrow(),
    }),
    idOf: (entry) => entry.row.channel_account_id,
  });
  return channelAccountToWire(stored);
}

async function hasOpenConversation(trx: Transaction<Tables>, channelAccountId: string): Promise<boolean> {
  const open = await trx
    .selectFrom('conversation.conversation')
    .select('conversation_id')
    .where('channel_account_id', '=', channelAccountId)
    .where('ai_mode', '<>', 'closed')
    .limit(1)
    .executeTakeFirst();
  return open !== undefined;
}

/** Switched off as well: whatever asks only whether it is enabled is answered rightly. */
export function endAccount(trx: Transaction<Tables>, channelAccountId: string, now: Date): Promise<ChannelAccountRow> {
  return trx
    .updateTable('conversation.channel_account')
    .set({ enabled: false, credentials: null, credential_names: [], updated_at: now, deleted_at: now })
    .where('channel_account_id', '=', channelAccountId)
    .returningAll()
    .executeTakeFirstOrThrow();
}
