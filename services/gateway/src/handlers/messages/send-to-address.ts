import type { Static } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireAddress, requireId, requireOwnAddress } from '../../http/parameters.ts';
import { NoQuery } from '../../schemas/common.ts';
import { SendToAddress, SentMessage } from '../../schemas/message.ts';
import { checkedMetadata } from '../../wire/conversation.ts';
import { contentOf } from '../../wire/message.ts';
import { sentJson } from '../../wire/sent.ts';

const schema = {
  operationId: 'sendToAddress',
  summary: 'Send to an address',
  description:
    'Threads onto the open conversation between the agent and the address, or starts one. The mode stays what it is unless `takeover` is true.',
  tags: ['Messages'],
  querystring: NoQuery,
  body: SendToAddress,
  response: { 202: SentMessage },
};

export function sendToAddress(app: App, deps: Deps): void {
  app.post('/v1/messages', { schema, config: { auth: { scope: 'write' } } }, async (request, reply) => {
    const { body } = request;
    const answer = await deps.conversations.sendToAddress({
      context: commandOf(request),
      agentId: requireId('agent', 'agent', body.agent_id),
      channel: body.channel,
      to: requireAddress(body.channel, '/to_number', body.to_number),
      from: requireOwnAddress(body.channel, '/from_number', body.from_number),
      ...contentOf({ ...body, attachments: attachmentsWithMedia(body) }),
      template: undefined,
      senderName: body.sender_name ?? undefined,
      author: body.author ?? 'human',
      takeover: body.takeover ?? false,
      metadata: checkedMetadata(body.metadata),
    });
    return reply.code(202).send(sentJson(answer));
  });
}

/** `media_url` is the short way to name one attachment. */
function attachmentsWithMedia(body: Static<typeof SendToAddress>): { url: string }[] {
  return [...(body.attachments ?? []), ...(body.media_url === undefined ? [] : [{ url: body.media_url }])];
}
