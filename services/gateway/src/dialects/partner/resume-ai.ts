import { ResumeAiRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { Type } from 'typebox';
import { type App, commandOf, type Deps, workspaceOf } from '../../context.ts';
import { present } from '../../wire/conversation.ts';
import { currentConversation } from './current-conversation.ts';
import { partner } from './dialect.ts';
import { PartnerResumed, PhoneParams } from './schemas.ts';

const schema = {
  operationId: 'partnerResumeAi',
  summary: 'Give the conversation back to the AI',
  tags: [partner.tag],
  params: PhoneParams,
  body: Type.Object({}, { title: 'PartnerResume' }),
  response: { 200: PartnerResumed },
};

export function resumePartnerAi(app: App, deps: Deps): void {
  app.post(
    '/dialects/partner/v1/accounts/:account_id/conversations/:phone/resume-ai',
    { schema, config: { auth: { scope: 'write', workspace: 'path' }, optionalBody: true } },
    async (request) => {
      const { conversationId } = await currentConversation(deps, workspaceOf(request), request.params.phone);
      const answer = await deps.conversations.resumeAi(ResumeAiRequest.fromPartial({ context: commandOf(request), conversationId }));
      return { success: true, ai_enabled: present(answer.conversation).aiMode === 'ai' };
    },
  );
}
