import type { ListModeHistoryRequest, ListModeHistoryResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { listModeHistory } from '../../store/queries.ts';
import type { Store } from '../../store/store.ts';
import { modeChangeToWire } from '../../wire/conversation.ts';
import { pageSize } from '../../wire/page.ts';

export async function handleListModeHistory(
  { store }: { store: Store },
  request: ListModeHistoryRequest,
): Promise<ListModeHistoryResponse> {
  const found = await listModeHistory(store, request.workspaceId, {
    conversationId: request.conversationId,
    size: pageSize(request.pageSize),
    cursor: request.cursor,
  });
  return { history: found.rows.map(modeChangeToWire), nextCursor: found.next };
}
