import type { ListDispatchesRequest, ListDispatchesResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { listDispatches } from '../../store/queries.ts';
import type { Store } from '../../store/store.ts';
import { dispatchToWire } from '../../wire/conversation.ts';
import { pageSize } from '../../wire/page.ts';

export async function handleListDispatches({ store }: { store: Store }, request: ListDispatchesRequest): Promise<ListDispatchesResponse> {
  const found = await listDispatches(store, request.workspaceId, {
    conversationId: request.conversationId,
    size: pageSize(request.pageSize),
    cursor: request.cursor,
  });
  return { dispatches: found.rows.map(dispatchToWire), nextCursor: found.next };
}
