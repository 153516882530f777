import type {
  ListConversationsRequest,
  ListConversationsResponse,
} from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { normalTag } from '../../domain/inbox/tags.ts';
import { type ConversationFilter, listConversations } from '../../store/conversation-list.ts';
import type { Store } from '../../store/store.ts';
import { conversationToWire } from '../../wire/conversation.ts';
import { offsetFromWire, pageSize } from '../../wire/page.ts';

export async function handleListConversations(
  { store }: { store: Store },
  request: ListConversationsRequest,
): Promise<ListConversationsResponse> {
  const found = await listConversations(store, request.workspaceId, {
    filter: filterFromWire(request),
    size: pageSize(request.pageSize),
    cursor: request.cursor,
    ...offsetFromWire(request),
    withTotal: request.withTotal,
    withContact: request.withContact,
    byCreation: request.byCreation,
    withLatestMessage: request.withLatestMessage,
  });
  return { conversations: found.rows.map((view) => conversationToWire(view.row, view)), nextCursor: found.next, total: found.total };
}

function filterFromWire(request: ListConversationsRequest): ConversationFilter {
  const { agentId, channel, aiMode, status, contactId, needsHandoff, unread, tag, updatedAfter, remoteAddress, closed, archived } = request;
  return {
    ...(agentId !== undefined && { agentId }),
    ...(channel !== undefined && { channel }),
    ...(request.channels.length > 0 && { channels: request.channels }),
    ...(aiMode !== undefined && { aiMode }),
    ...(closed !== undefined && { closed }),
    ...(status !== undefined && { status }),
    ...(request.statuses.length > 0 && { statuses: request.statuses }),
    ...(archived !== undefined && { archived }),
    ...(contactId !== undefined && { contactId }),
    ...(needsHandoff !== undefined && { needsHandoff }),
    ...(unread !== undefined && { unread }),
    ...(tag !== undefined && { tag: normalTag(tag) ?? tag }),
    ...(updatedAfter !== undefined && { updatedAfter }),
    ...(remoteAddress !== undefined && { remoteAddress }),
    ...(request.takenOverBy !== undefined && { takenOverBy: request.takenOverBy }),
    ...(request.currentOnly && { currentOnly: true }),
  };
}
