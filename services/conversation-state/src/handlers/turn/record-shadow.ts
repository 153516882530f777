import type { RecordShadowRequest, RecordShadowResponse } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import { isErased } from '../../domain/contact/erased.ts';
import type { JsonObject } from '../../domain/rows.ts';
import type { Store } from '../../store/store.ts';

/** Beside the dispatch, of which nothing else changes. The lock keeps an erasure from passing between the look and the write. */
export async function handleRecordShadow({ store }: { store: Store }, request: RecordShadowRequest): Promise<RecordShadowResponse> {
  await inWorkspaces(store.db, [request.workspaceId], async (trx) => {
    const conversation = await trx
      .selectFrom('conversation.conversation')
      .selectAll()
      .where('conversation_id', '=', request.conversationId)
      .forShare()
      .executeTakeFirst();
    if (!conversation || isErased(conversation)) return;
    await trx
      .updateTable('conversation.dispatch')
      .set({ shadow: JSON.parse(request.answer) as JsonObject })
      .where('dispatch_id', '=', request.dispatchId)
      .where('conversation_id', '=', request.conversationId)
      .execute();
  });
  return {};
}
