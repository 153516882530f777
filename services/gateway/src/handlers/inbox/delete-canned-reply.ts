import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { DeletedCannedReply } from '../../schemas/inbox.ts';

const schema = {
  operationId: 'deleteCannedReply',
  summary: 'Delete a canned reply',
  tags: ['Inbox'],
  params: Type.Object({ canned_reply_id: Id('cnr') }),
  querystring: NoQuery,
  response: { 200: DeletedCannedReply },
};

export function deleteCannedReply(app: App, deps: Deps): void {
  app.delete('/v1/canned-replies/:canned_reply_id', { schema, config: { auth: { scope: 'write' } } }, async (request) => {
    const cannedReplyId = requireId('cannedReply', 'canned reply', request.params.canned_reply_id);
    await deps.inbox.deleteCannedReply({ context: commandOf(request), cannedReplyId });
    return { canned_reply_id: cannedReplyId, deleted: true };
  });
}
