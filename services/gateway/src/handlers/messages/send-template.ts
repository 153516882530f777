import { type App, commandOf, type Deps } from '../../context.ts';
import { requireAddress, requireId, requireOwnAddress } from '../../http/parameters.ts';
import { NoQuery } from '../../schemas/common.ts';
import { SendTemplate, SentMessage } from '../../schemas/message.ts';
import { checkedMetadata } from '../../wire/conversation.ts';
import { sentJson } from '../../wire/sent.ts';

const schema = {
  operationId: 'sendTemplate',
  summary: 'Send a WhatsApp template',
  description: 'Templates may be sent outside the 24-hour window.',
  tags: ['Messages'],
  querystring: NoQuery,
  body: SendTemplate,
  response: { 202: SentMessage },
};

export function sendTemplate(app: App, deps: Deps): void {
  app.post('/v1/messages/template', { schema, config: { auth: { scope: 'write' } } }, async (request, reply) => {
    const { body } = request;
    const answer = await deps.conversations.sendToAddress({
      context: commandOf(request),
      agentId: requireId('agent', 'agent', body.agent_id),
      channel: 'whatsapp',
      to: requireAddress('whatsapp', '/to_number', body.to_number),
      from: requireOwnAddress('whatsapp', '/from_number', body.from_number),
      text: '',
      attachments: [],
      template: {
        name: body.template_name,
        languageCode: body.language_code,
        parameters: body.parameters ?? [],
        components: body.components ?? [],
      },
      senderName: undefined,
      author: 'human',
      takeover: false,
      metadata: checkedMetadata(body.metadata),
    });
    return reply.code(202).send(sentJson(answer));
  });
}
