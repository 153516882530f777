import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId, requireOwnAddress } from '../../http/parameters.ts';
import { NoQuery } from '../../schemas/common.ts';
import { ChannelAccount, CreateChannelAccount } from '../../schemas/configuration.ts';
import { channelJson, channelOf } from '../../wire/configuration.ts';
import { checkedMetadata } from '../../wire/conversation.ts';

const schema = {
  operationId: 'createChannel',
  summary: 'Connect an address of ours at a provider to an agent',
  description: 'Enter the `webhook_url` of the answer at the provider.',
  tags: ['Configuration'],
  querystring: NoQuery,
  body: CreateChannelAccount,
  response: { 201: ChannelAccount },
};

export function createChannel(app: App, deps: Deps): void {
  app.post('/v1/channels', { schema, config: { auth: { scope: 'admin' } } }, async (request, reply) => {
    const { body } = request;
    const channelAccount = channelOf({
      provider: body.provider,
      channel: body.channel,
      address: requireOwnAddress(body.channel, '/address', body.address),
      agentId: requireId('agent', 'agent', body.agent_id),
      enabled: body.enabled ?? true,
      credentials: checkedMetadata(body.credentials, '/credentials') ?? {},
    });
    const made = await deps.directory.createChannelAccount({ context: commandOf(request), channelAccount });
    return reply.code(201).send(channelJson(made, deps.config.ingestUrl));
  });
}
