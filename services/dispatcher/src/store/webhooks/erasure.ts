import { inWorkspaces } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';

/** Deliveries of the conversation with their attempts and texts, and what was given up of it. Answers how many deliveries went. */
export function eraseConversation(db: Kysely<Tables>, at: { workspaceId: string; conversationId: string }): Promise<number> {
  return inWorkspaces(db, [at.workspaceId], async (trx) => {
    await trx
      .updateTable('delivery.dead_letter')
      .set({ payload: '{}', error: 'erased', state: 'dropped' })
      .where('workspace_id', '=', at.workspaceId)
      .where(sql<string>`split_part(subject, '.', 5)`, '=', at.conversationId)
      .execute();
    const { rows } = await sql<{
      gone: number;
    }>`select delivery.erase_conversation(${at.workspaceId}, ${at.conversationId}) as gone`.execute(trx);
    return rows[0]?.gone ?? 0;
  });
}

/** Whether somebody reads EVENTS for the webhooks, and is not yet known to have dealt with what was stored until then. */
export async function isFanOutBehind(db: Kysely<Tables>, time: Date): Promise<boolean> {
  const { rows } = await sql<{ behind: boolean }>`
    select holder is not null and leased_until > now() and seen_until < ${time} as behind from delivery.fan_out`.execute(db);
  return rows[0]?.behind ?? false;
}
