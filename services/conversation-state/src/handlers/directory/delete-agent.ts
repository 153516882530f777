import type { Agent, DeleteAgentRequest } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Transaction } from 'kysely';
import { changeDirectory, type DirectoryDeps } from '../../commands/directory.ts';
import type { DirectoryRow } from '../../directory/publish.ts';
import { findAgent } from '../../store/directory.ts';
import type { Tables } from '../../store/tables.ts';
import { contextFromWire } from '../../wire/context.ts';
import { agentToWire } from '../../wire/directory.ts';
import { endAccount } from './delete-channel-account.ts';

/**
 * Ends an agent: no turn begins for it any more and the reply of one that runs becomes a suggestion (`agent_disabled`); its secret is gone. By force its
 * channel accounts go with it; its open conversations stay.
 */
export async function handleDeleteAgent({ store }: DirectoryDeps, request: DeleteAgentRequest): Promise<Agent> {
  const id = request.agentId;
  const stored = await changeDirectory(store, contextFromWire(request.context), {
    also: async (trx) => {
      // Held before anything else: whoever makes an account for it holds it as well, and so is seen below or finds it gone.
      await trx.selectFrom('conversation.agent').select('agent_id').where('agent_id', '=', id).forUpdate().execute();
      await findAgent(trx, id);
      const accounts = await accountsOf(trx, id);
      if (!request.force && (accounts.length > 0 || (await hasOpenConversation(trx, id))))
        throw new BatonError(
          'in_use',
          'The agent has channel accounts or open conversations; take them away first, or repeat with ?force=true.',
        );
      const ended: DirectoryRow[] = [];
      for (const accountId of accounts) ended.push({ kind: 'channel_account', row: await endAccount(trx, accountId, store.now()) });
      return ended;
    },
    write: async (trx) => ({
      kind: 'agent' as const,
      row: await trx
        .updateTable('conversation.agent')
        .set({ enabled: false, backend_secret: null, shadow_secret: null, updated_at: store.now(), deleted_at: store.now() })
        .where('agent_id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow(),
    }),
    again: async (trx, found) => ({
      kind: 'agent' as const,
      row: await trx.selectFrom('conversation.agent').selectAll().where('agent_id', '=', found).executeTakeFirstOrThrow(),
    }),
    idOf: (entry) => entry.row.agent_id,
  });
  return agentToWire(stored);
}

async function accountsOf(trx: Transaction<Tables>, agentId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('conversation.channel_account')
    .select('channel_account_id')
    .where('agent_id', '=', agentId)
    .where('deleted_at', 'is', null)
    .orderBy('channel_account_id')
    .forUpdate()
    .execute();
  return rows.map((row) => row.channel_account_id);
}

async function hasOpenConversation(trx: Transaction<Tables>, agentId: string): Promise<boolean> {
  const open = await trx
    .selectFrom('conversation.conversation')
    .select('conversation_id')
    .where('agent_id', '=', agentId)
    .where('closed_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return open !== undefined;
}
