import type { ConversationRow } from '../domain/rows.ts';

/** The conversation of a command, if it is its workspace's: a batch serves several tenants at once, so row-level security lets all of theirs through. */
export function ownConversation(
  loaded: Map<string, ConversationRow>,
  command: { workspaceId: string; conversationId: string },
): ConversationRow | undefined {
  const found = loaded.get(command.conversationId);
  return found?.workspace_id === command.workspaceId ? found : undefined;
}
