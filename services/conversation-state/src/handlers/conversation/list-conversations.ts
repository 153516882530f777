import type {
  ListConversationsRequest,
  ListConversationsResponse,
} from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { listConversations } from '../../store/queries.ts';
import type { Store } from '../../store/store.ts';
import { conversationToWire } from '../../wire/conversation.ts';
import { pageSize } from '../../wire/page.ts';

export async function handleListConversations(
  { store }: { store: Store },
  request: ListConversationsRequest,
): Promise<ListConversationsResponse> {
  const { agentId, channel, aiMode, status, contactId, needsHandoff, unread, tag, updatedAfter } = request;
  const filter = {
    ...(agentId !== undefined && { agentId }),
    ...(channel !== undefined && { channel }),
    ...(aiMode !== undefined && { aiMode }),
    ...(status !== undefined && { status }),
    ...(contactId !== undefined && { contactId }),
    ...(needsHandoff !== undefined && { needsHandoff }),
    ...(unread !== undefined && { unread }),
    ...(tag !== undefined && { tag }),
    ...(updatedAfter !== undefined && { updatedAfter }),
  };
  const found = await listConversations(store, request.workspaceId, { filter, size: pageSize(request.pageSize), cursor: request.cursor });
  return { conversations: found.rows.map((view) => conversationToWire(view.row, view)), nextCursor: found.next };
}
