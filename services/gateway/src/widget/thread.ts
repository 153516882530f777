import { ListConversationsRequest, ListMessagesRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { Conversation } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import type { AiMode } from '@baton/contracts/vocabulary.ts';
import type { Page, SeenMessage } from '@baton/widget/protocol.ts';
import type { Deps } from '../context.ts';
import { messageJson } from '../wire/message.ts';
import { isForVisitors, seenMessage } from '../wire/visitor-message.ts';

/** Where a visitor's messages are. */
export interface VisitorPlace {
  workspaceId: string;
  channelAccountId: string;
  visitorId: string;
}

export interface Thread extends Page {
  /** Of the newest conversation; undefined: there is none yet. */
  mode: AiMode | undefined;
  conversationIds: string[];
}

const pageSize = 50;
/** Closed conversations are followed by new ones; a visitor sees them as one talk. */
const maxConversations = 20;

/** One page of everything that was said with a visitor, the newest where no page is named. An unknown page is an empty one. */
export async function readThread(deps: Pick<Deps, 'conversations'>, at: VisitorPlace, page?: string): Promise<Thread> {
  const conversations = await conversationsOf(deps, at);
  const from = page === undefined ? { index: 0, cursor: '' } : placeOf(page, conversations);
  const found: SeenMessage[] = [];
  let older: string | null = null;
  let cursor = from?.cursor ?? '';
  for (let index = from?.index ?? conversations.length; index < conversations.length; index++) {
    const { conversationId } = conversations[index]!;
    if (found.length >= pageSize) {
      older = `${conversationId}~`;
      break;
    }
    const request = { workspaceId: at.workspaceId, conversationId, pageSize, cursor, order: 'desc' };
    const { messages, nextCursor } = await deps.conversations.listMessages(ListMessagesRequest.fromPartial(request));
    found.push(...messages.map(messageJson).filter(isForVisitors).map(seenMessage));
    cursor = '';
    if (nextCursor === '') continue;
    older = `${conversationId}~${nextCursor}`;
    break;
  }
  const [newest] = conversations;
  return {
    messages: found.reverse(),
    older,
    mode: newest?.aiMode as AiMode | undefined,
    conversationIds: conversations.map(({ conversationId }) => conversationId),
  };
}

/** Newest first. */
async function conversationsOf(deps: Pick<Deps, 'conversations'>, at: VisitorPlace): Promise<Conversation[]> {
  const request = {
    workspaceId: at.workspaceId,
    channel: 'web',
    remoteAddress: at.visitorId,
    pageSize: maxConversations,
    byCreation: true,
  };
  const { conversations } = await deps.conversations.listConversations(ListConversationsRequest.fromPartial(request));
  return conversations.filter(({ channelAccountId }) => channelAccountId === at.channelAccountId);
}

/** A page names one of the visitor's own conversations, or leads nowhere. */
function placeOf(page: string, conversations: Conversation[]): { index: number; cursor: string } | undefined {
  const [conversationId, cursor = ''] = page.split('~', 2);
  const index = conversations.findIndex((one) => one.conversationId === conversationId);
  return index === -1 ? undefined : { index, cursor };
}
