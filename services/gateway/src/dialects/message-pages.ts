import { ListMessagesRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { Message } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import type { Deps } from '../context.ts';

/** Messages of the longest texts still fit one answer of conversation-state. */
const pageSize = 100;

export interface MessageSpan {
  workspaceId: string;
  conversationId: string;
  order: 'asc' | 'desc';
  offset: number;
  limit: number;
}

/** The messages of a conversation, page by page, so that no more than one page is held whatever the conversation has. What comes in meanwhile repeats nothing. */
export async function* messagePages(deps: Deps, span: MessageSpan): AsyncGenerator<Message[], void, undefined> {
  let left = span.limit;
  let place: { cursor: string; offset?: number } = { cursor: '', offset: span.offset };
  while (left > 0) {
    const { workspaceId, conversationId, order } = span;
    const request = ListMessagesRequest.fromPartial({ workspaceId, conversationId, order, pageSize: Math.min(pageSize, left), ...place });
    const { messages, nextCursor } = await deps.conversations.listMessages(request);
    if (messages.length > 0) yield messages;
    if (nextCursor === '') return;
    left -= messages.length;
    place = { cursor: nextCursor };
  }
}

export async function allMessages(deps: Deps, span: MessageSpan): Promise<Message[]> {
  const all: Message[] = [];
  for await (const page of messagePages(deps, span)) all.push(...page);
  return all;
}
