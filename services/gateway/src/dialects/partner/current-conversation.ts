import { ListConversationsRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { Conversation } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { invalidField, notFound } from '@baton/errors/baton-error.ts';
import type { Deps } from '../../context.ts';
import { normalAddress } from '../../domain/address.ts';

/** The channels whose addresses are phone numbers: nothing else is in this contract. */
export const phoneChannels = ['sms', 'whatsapp', 'voice'];

/**
 * The conversation that a phone number stands for. Baton may have several for one (each agent has its own, and a closed one is followed by another):
 * an open one comes before a closed one, then the one in which something was said last.
 */
export async function currentConversation(deps: Deps, workspaceId: string, given: string): Promise<Conversation> {
  const phone = normalAddress('sms', given);
  if (phone === undefined) throw invalidField('phone', 'must be a phone number in E.164, such as +14155551234');
  const { conversations } = await deps.conversations.listConversations(
    ListConversationsRequest.fromPartial({
      workspaceId,
      pageSize: 1,
      channels: phoneChannels,
      remoteAddress: phone,
      currentOnly: true,
    }),
  );
  const [found] = conversations;
  if (!found) throw notFound('conversation with', phone);
  return found;
}
