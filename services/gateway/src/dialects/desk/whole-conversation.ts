import type { Conversation } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import type { Deps } from '../../context.ts';
import { present } from '../../wire/conversation.ts';
import { allMessages } from '../message-pages.ts';
import type { DeskConversation } from './schemas.ts';
import { deskConversation } from './shapes.ts';

/** So many messages a conversation is answered with, newest first; `GET` takes a limit and an offset for the others. */
export const messagesShown = { default: 100, max: 500 };

export async function wholeConversation(
  deps: Deps,
  workspaceId: string,
  conversationId: string,
  span: { limit: number; offset: number } = { limit: messagesShown.default, offset: 0 },
): Promise<DeskConversation> {
  const { conversation } = await deps.conversations.getConversation({ workspaceId, conversationId, pageSize: 0, cursor: '' });
  return withMessages(deps, workspaceId, present(conversation), span);
}

async function withMessages(
  deps: Deps,
  workspaceId: string,
  conversation: Conversation,
  span: { limit: number; offset: number },
): Promise<DeskConversation> {
  const { conversationId } = conversation;
  const messages = await allMessages(deps, { workspaceId, conversationId, order: 'desc', ...span });
  const shown = deskConversation(conversation, messages);
  // Further back the newest is not among them; its beginning is known all the same.
  return span.offset === 0 ? shown : { ...shown, last_message: conversation.lastMessagePreview ?? '' };
}
