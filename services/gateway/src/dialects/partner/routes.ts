import type { App, Deps } from '../../context.ts';
import { listPartnerConversations } from './list-conversations.ts';
import { listPartnerMessages } from './list-messages.ts';
import { resumePartnerAi } from './resume-ai.ts';
import { sendPartnerMessage } from './send-message.ts';

export function addPartnerRoutes(app: App, deps: Deps): void {
  listPartnerConversations(app, deps);
  listPartnerMessages(app, deps);
  sendPartnerMessage(app, deps);
  resumePartnerAi(app, deps);
}
