import { inWorkspaces } from '@baton/db/scope.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type pg from 'pg';
import type { Store } from '../store/store.ts';
import { receiveBatch } from './receive-batch.ts';

interface Held {
  workspace_id: string;
  channel_account_id: string;
  provider_message_id: string;
}

/** Looks at the echoes that wait for the answer of a send once more. Answers how many have become a person's words. */
export async function settleEchoes(store: Store, systemPool: pg.Pool): Promise<number> {
  const { rows } = await systemPool.query<Held>(
    'select workspace_id, channel_account_id, provider_message_id from conversation.early_echo order by received_at limit 200',
  );
  let stored = 0;
  // One by one: what cannot be taken must not hold up the others.
  for (const row of rows) stored += await settle(store, row);
  return stored;
}

async function settle(store: Store, at: Held): Promise<number> {
  const found = await inWorkspaces(store.db, [at.workspace_id], (trx) =>
    held(trx.selectFrom('conversation.early_echo').selectAll(), at).executeTakeFirst(),
  );
  if (!found) return 0;
  try {
    return (await receiveBatch(store, [{ kind: 'message', message: found.message }], { fence: [], waiting: true })).stored;
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    // Its account or agent is gone since: nobody is left whom it could concern.
    await inWorkspaces(store.db, [at.workspace_id], (trx) => held(trx.deleteFrom('conversation.early_echo'), at).execute());
    return 0;
  }
}

function held<Query extends { where(column: keyof Held, operator: '=', value: string): Query }>(query: Query, at: Held): Query {
  return query.where('channel_account_id', '=', at.channel_account_id).where('provider_message_id', '=', at.provider_message_id);
}
