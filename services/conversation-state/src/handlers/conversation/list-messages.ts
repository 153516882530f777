import type { ListMessagesRequest, ListMessagesResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { listMessages } from '../../store/queries.ts';
import type { Store } from '../../store/store.ts';
import { messageToWire } from '../../wire/conversation.ts';
import { maxMessagePage, offsetFromWire, pageSize } from '../../wire/page.ts';

export async function handleListMessages({ store }: { store: Store }, request: ListMessagesRequest): Promise<ListMessagesResponse> {
  const { author, after, before } = request;
  const found = await listMessages(store, request.workspaceId, {
    conversationId: request.conversationId,
    size: pageSize(request.pageSize, maxMessagePage),
    cursor: request.cursor,
    order: request.order === 'asc' ? 'asc' : 'desc',
    ...(author !== undefined && { author }),
    ...(after !== undefined && { after }),
    ...(before !== undefined && { before }),
    ...offsetFromWire(request),
    withTotal: request.withTotal,
  });
  return { messages: found.rows.map(messageToWire), nextCursor: found.next, total: found.total };
}
