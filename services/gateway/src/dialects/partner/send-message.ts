import { SendMessageRequest, SendToAddressRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { type App, commandOf, type Deps, workspaceOf } from '../../context.ts';
import { present } from '../../wire/conversation.ts';
import { contentOf } from '../../wire/message.ts';
import { currentConversation } from './current-conversation.ts';
import { partner } from './dialect.ts';
import { PartnerSend, PartnerSent, PhoneParams } from './schemas.ts';

const schema = {
  operationId: 'partnerSendMessage',
  summary: 'Send as a person, who has the conversation from then on',
  description: "The AI is quiet until `resume-ai`, or until the agent's takeover timeout has passed since the last such message.",
  tags: [partner.tag],
  params: PhoneParams,
  body: PartnerSend,
  response: { 200: PartnerSent },
};

export function sendPartnerMessage(app: App, deps: Deps): void {
  app.post(
    '/dialects/partner/v1/accounts/:account_id/conversations/:phone/messages',
    { schema, config: { auth: { scope: 'write', workspace: 'path' } } },
    async (request) => {
      const { body, sender_name } = request.body;
      const conversation = await currentConversation(deps, workspaceOf(request), request.params.phone);
      const draft = {
        context: commandOf(request),
        ...contentOf({ body }),
        takeover: true,
        ...(sender_name !== undefined && { senderName: sender_name }),
      };
      // This contract knows no closed conversation: writing to the number again begins the next one, as the customer's own message would.
      const { message } =
        conversation.aiMode === 'closed'
          ? await deps.conversations.sendToAddress(
              SendToAddressRequest.fromPartial({
                ...draft,
                agentId: conversation.agentId,
                channel: conversation.channel,
                to: conversation.fromNumber,
                from: conversation.toNumber,
                author: 'human',
              }),
            )
          : await deps.conversations.sendMessage(SendMessageRequest.fromPartial({ ...draft, conversationId: conversation.conversationId }));
      return { success: true, message_id: present(message).messageId, direction: 'outbound' as const, source: 'manual' as const };
    },
  );
}
