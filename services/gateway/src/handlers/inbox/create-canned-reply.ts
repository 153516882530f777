import { CannedReply as WireReply } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { type App, commandOf, type Deps } from '../../context.ts';
import { NoQuery } from '../../schemas/common.ts';
import { CannedReply, CreateCannedReply } from '../../schemas/inbox.ts';
import { cannedReplyJson } from '../../wire/inbox.ts';

const schema = {
  operationId: 'createCannedReply',
  summary: 'Make a canned reply',
  description: 'A shortcut is one canned reply’s: 409 names the one that has it.',
  tags: ['Inbox'],
  querystring: NoQuery,
  body: CreateCannedReply,
  response: { 201: CannedReply },
};

export function createCannedReply(app: App, deps: Deps): void {
  app.post('/v1/canned-replies', { schema, config: { auth: { scope: 'write' } } }, async (request, reply) => {
    const { language, ...given } = request.body;
    const cannedReply = WireReply.fromPartial({ ...given, ...(language != null && { language }) });
    const made = await deps.inbox.createCannedReply({ context: commandOf(request), cannedReply });
    return reply.code(201).send(cannedReplyJson(made));
  });
}
