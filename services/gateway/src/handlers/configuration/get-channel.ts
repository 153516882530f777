import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { ChannelAccount } from '../../schemas/configuration.ts';
import { channelJson } from '../../wire/configuration.ts';

const schema = {
  operationId: 'getChannel',
  summary: 'Get a channel account',
  tags: ['Configuration'],
  params: Type.Object({ channel_account_id: Id('chn') }),
  querystring: NoQuery,
  response: { 200: ChannelAccount },
};

export function getChannel(app: App, deps: Deps): void {
  app.get('/v1/channels/:channel_account_id', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const channelAccountId = requireId('channelAccount', 'channel account', request.params.channel_account_id);
    return channelJson(
      await deps.directory.getChannelAccount({ workspaceId: workspaceOf(request), channelAccountId }),
      deps.config.ingestUrl,
    );
  });
}
