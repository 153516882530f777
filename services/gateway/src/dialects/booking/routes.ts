import type { App, Deps } from '../../context.ts';
import { getBookingConversation } from './get-conversation.ts';
import { listBookingConversations } from './list-conversations.ts';
import { listBookingMessages } from './list-messages.ts';
import { updateBookingConversation } from './update-conversation.ts';

export function addBookingRoutes(app: App, deps: Deps): void {
  listBookingConversations(app, deps);
  getBookingConversation(app, deps);
  listBookingMessages(app, deps);
  updateBookingConversation(app, deps);
}
