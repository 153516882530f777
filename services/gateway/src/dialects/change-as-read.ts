import { UpdateConversationRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { CommandContext, Conversation } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Deps } from '../context.ts';
import { present } from '../wire/conversation.ts';

type Change = Parameters<typeof UpdateConversationRequest.fromPartial>[0];

/** Somebody else's takeover between reading and writing is rare, and never comes often enough to go on for ever. */
const attempts = 5;

/**
 * A change that depends on how the conversation stands: decided on what was read, and made only if the mode is still that one. `decide` throws to refuse;
 * undefined changes nothing.
 */
export async function changeAsRead(
  deps: Deps,
  o: { context: CommandContext; conversationId: string; decide(conversation: Conversation): Change | undefined },
): Promise<Conversation> {
  const { context, conversationId } = o;
  for (let attempt = 1; ; attempt++) {
    const at = { workspaceId: context.workspaceId, conversationId, pageSize: 0, cursor: '' };
    const conversation = present((await deps.conversations.getConversation(at)).conversation);
    const change = o.decide(conversation);
    if (!change) return conversation;
    const request = UpdateConversationRequest.fromPartial({ ...change, context, conversationId, ifModeEpoch: conversation.modeEpoch });
    try {
      return present((await deps.conversations.updateConversation(request)).conversation);
    } catch (error) {
      if (attempt === attempts || !(error instanceof BatonError) || error.code !== 'epoch_mismatch') throw error;
    }
  }
}

export function refuseClosed(conversation: Conversation): void {
  if (conversation.aiMode === 'closed')
    throw new BatonError('conversation_closed', 'A closed conversation stays closed; the customer’s next message opens a new one.');
}
