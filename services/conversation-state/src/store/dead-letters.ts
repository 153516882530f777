import { newId } from '@baton/contracts/ids.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import type { Store } from './store.ts';

/** Keeps what could not be handled, where people can see it, retry it or drop it: once for each delivery key. NUL, which Postgres refuses, becomes U+FFFD. */
export async function recordDeadLetter(
  store: Store,
  letter: { workspaceId: string; deliveryKey: string; subject: string; payload: string; error: string; attempts: number; traceId: string },
): Promise<void> {
  await inWorkspaces(store.db, [letter.workspaceId], (trx) =>
    trx
      .insertInto('conversation.dead_letter')
      .values({
        dead_letter_id: newId('deadLetter'),
        workspace_id: letter.workspaceId,
        delivery_key: letter.deliveryKey,
        subject: letter.subject,
        payload: letter.payload.replaceAll('\0', '\uFFFD'),
        error: letter.error.replaceAll('\0', '\uFFFD').slice(0, 2000),
        attempts: letter.attempts,
        trace_id: letter.traceId,
        state: 'open',
        created_at: store.now(),
      })
      .onConflict((conflict) => conflict.columns(['workspace_id', 'delivery_key']).doNothing())
      .execute(),
  );
}
