import type { Channel } from '@baton/contracts/vocabulary.ts';
import { Type } from 'typebox';
import { type App, commandOf, type Deps, workspaceOf } from '../../context.ts';
import { requireId, requireOwnAddress } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { ChannelAccount, UpdateChannelAccount } from '../../schemas/configuration.ts';
import { channelJson, channelOf } from '../../wire/configuration.ts';
import { checkedMetadata } from '../../wire/conversation.ts';

const schema = {
  operationId: 'updateChannel',
  summary: 'Change a channel account',
  description: 'Fields not given stay; `credentials` are replaced as a whole.',
  tags: ['Configuration'],
  params: Type.Object({ channel_account_id: Id('chn') }),
  querystring: NoQuery,
  body: UpdateChannelAccount,
  response: { 200: ChannelAccount },
};

export function updateChannel(app: App, deps: Deps): void {
  app.patch('/v1/channels/:channel_account_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const { body } = request;
    const channelAccountId = requireId('channelAccount', 'channel account', request.params.channel_account_id);
    const workspaceId = workspaceOf(request);
    const channel = (await deps.directory.getChannelAccount({ workspaceId, channelAccountId })).channel as Channel;
    const channelAccount = channelOf({
      ...(body.address !== undefined && { address: requireOwnAddress(channel, '/address', body.address) }),
      ...(body.agent_id !== undefined && { agentId: requireId('agent', 'agent', body.agent_id) }),
      ...(body.enabled !== undefined && { enabled: body.enabled }),
      ...(body.credentials !== undefined && { credentials: checkedMetadata(body.credentials, '/credentials') }),
    });
    return channelJson(
      await deps.directory.updateChannelAccount({
        context: commandOf(request),
        channelAccountId,
        fields: Object.keys(body),
        channelAccount,
      }),
      deps.config.ingestUrl,
    );
  });
}
