import type { App, Deps } from '../../context.ts';
import { listCrmConversations } from './list-conversations.ts';
import { listCrmMessages } from './list-messages.ts';
import { searchCrmMessages } from './search-messages.ts';

export function addCrmRoutes(app: App, deps: Deps): void {
  listCrmConversations(app, deps);
  listCrmMessages(app, deps);
  searchCrmMessages(app, deps);
}
