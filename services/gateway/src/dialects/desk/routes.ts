import type { App, Deps } from '../../context.ts';
import { closeDeskConversation } from './close-conversation.ts';
import { createDeskConversation } from './create-conversation.ts';
import { getDeskConversation } from './get-conversation.ts';
import { listDeskConversations } from './list-conversations.ts';
import { sendDeskMessage } from './send-message.ts';
import { updateDeskConversation } from './update-conversation.ts';

export function addDeskRoutes(app: App, deps: Deps): void {
  listDeskConversations(app, deps);
  createDeskConversation(app, deps);
  getDeskConversation(app, deps);
  sendDeskMessage(app, deps);
  updateDeskConversation(app, deps);
  closeDeskConversation(app, deps);
}
