import type { GetConversationRequest, GetConversationResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { getConversation } from '../../store/queries.ts';
import type { Store } from '../../store/store.ts';
import { conversationToWire, messageToWire } from '../../wire/conversation.ts';
import { pageSize } from '../../wire/page.ts';

export async function handleGetConversation(
  { store }: { store: Store },
  request: GetConversationRequest,
): Promise<GetConversationResponse> {
  const size = request.pageSize === 0 ? 0 : pageSize(request.pageSize);
  const found = await getConversation(store, request.workspaceId, { conversationId: request.conversationId, size, cursor: request.cursor });
  return { conversation: conversationToWire(found.row, found), messages: found.messages.map(messageToWire), nextCursor: found.next };
}
