import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { CannedReply } from '../../schemas/inbox.ts';
import { cannedReplyJson } from '../../wire/inbox.ts';

const schema = {
  operationId: 'getCannedReply',
  summary: 'Get a canned reply',
  tags: ['Inbox'],
  params: Type.Object({ canned_reply_id: Id('cnr') }),
  querystring: NoQuery,
  response: { 200: CannedReply },
};

export function getCannedReply(app: App, deps: Deps): void {
  app.get('/v1/canned-replies/:canned_reply_id', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const cannedReplyId = requireId('cannedReply', 'canned reply', request.params.canned_reply_id);
    return cannedReplyJson(await deps.inbox.getCannedReply({ workspaceId: workspaceOf(request), cannedReplyId }));
  });
}
