import { CannedReply as WireReply } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { CannedReply, UpdateCannedReply } from '../../schemas/inbox.ts';
import { cannedReplyJson } from '../../wire/inbox.ts';

const schema = {
  operationId: 'updateCannedReply',
  summary: 'Change a canned reply',
  description: 'Fields not given stay.',
  tags: ['Inbox'],
  params: Type.Object({ canned_reply_id: Id('cnr') }),
  querystring: NoQuery,
  body: UpdateCannedReply,
  response: { 200: CannedReply },
};

export function updateCannedReply(app: App, deps: Deps): void {
  app.patch('/v1/canned-replies/:canned_reply_id', { schema, config: { auth: { scope: 'write' } } }, async (request) => {
    const { language, ...given } = request.body;
    const changed = await deps.inbox.updateCannedReply({
      context: commandOf(request),
      cannedReplyId: requireId('cannedReply', 'canned reply', request.params.canned_reply_id),
      fields: Object.keys(request.body),
      cannedReply: WireReply.fromPartial({ ...given, ...(language != null && { language }) }),
    });
    return cannedReplyJson(changed);
  });
}
