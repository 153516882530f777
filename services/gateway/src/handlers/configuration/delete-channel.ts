import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { ForceQuery, Id } from '../../schemas/common.ts';
import { ChannelAccount } from '../../schemas/configuration.ts';
import { channelJson } from '../../wire/configuration.ts';

const schema = {
  operationId: 'deleteChannel',
  summary: 'Delete a channel account for good',
  description:
    'Its provider is answered 404 from then on, and nothing is sent through it (`channel_unavailable`). With open conversations it is refused (`in_use`) unless ' +
    'forced; they stay, and go on by another account as soon as the customer writes to one.',
  tags: ['Configuration'],
  params: Type.Object({ channel_account_id: Id('chn') }),
  querystring: ForceQuery,
  response: { 200: ChannelAccount },
};

export function deleteChannel(app: App, deps: Deps): void {
  app.delete('/v1/channels/:channel_account_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const channelAccountId = requireId('channelAccount', 'channel account', request.params.channel_account_id);
    const force = request.query.force ?? false;
    return channelJson(
      await deps.directory.deleteChannelAccount({ context: commandOf(request), channelAccountId, force }),
      deps.config.ingestUrl,
    );
  });
}
