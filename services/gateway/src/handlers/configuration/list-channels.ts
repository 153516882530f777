import { isId } from '@baton/contracts/ids.ts';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { ChannelAccountList, ChannelListQuery } from '../../schemas/configuration.ts';
import { channelJson } from '../../wire/configuration.ts';

const schema = {
  operationId: 'listChannels',
  summary: 'List channel accounts',
  tags: ['Configuration'],
  querystring: ChannelListQuery,
  response: { 200: ChannelAccountList },
};

export function listChannels(app: App, deps: Deps): void {
  app.get('/v1/channels', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size = 50, page_token, agent_id, provider, channel, enabled } = request.query;
    const cursor = deps.pageTokens.open(request, page_token);
    if (agent_id !== undefined && !isId('agent', agent_id)) return { channels: [], next_page_token: null };
    const answer = await deps.directory.listChannelAccounts({
      workspaceId: workspaceOf(request),
      pageSize: page_size,
      cursor,
      agentId: agent_id,
      provider,
      channel,
      enabled,
    });
    return {
      channels: answer.channelAccounts.map((account) => channelJson(account, deps.config.ingestUrl)),
      next_page_token: deps.pageTokens.sign(request, answer.nextCursor),
    };
  });
}
