import { notFound } from '@baton/errors/baton-error.ts';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId, requireIndex } from '../../http/parameters.ts';
import { AttachmentLink, AttachmentParams, CreateAttachmentLink } from '../../schemas/attachment.ts';
import { NoQuery } from '../../schemas/common.ts';
import { present } from '../../wire/conversation.ts';

const schema = {
  operationId: 'createAttachmentLink',
  summary: 'Make a link to a file',
  description:
    'For browsers, which send no key with an image: whoever has the address gets this one file, until its time is over. It cannot be revoked.',
  tags: ['Messages'],
  params: AttachmentParams,
  querystring: NoQuery,
  body: CreateAttachmentLink,
  response: { 201: AttachmentLink },
};

export function createAttachmentLink(app: App, deps: Deps): void {
  const config = { auth: { scope: 'read' }, optionalBody: true } as const;
  app.post('/v1/messages/:message_id/attachments/:index/link', { schema, config }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const messageId = requireId('message', 'message', request.params.message_id);
    const index = requireIndex('attachment', request.params.index);
    const { message } = await deps.conversations.getMessage({ workspaceId, messageId });
    if (!present(message).attachments[index]) throw notFound('attachment', `${messageId}/${index}`);
    const expires = new Date(Math.floor(Date.now() / 1000 + (request.body.expires_in_seconds ?? 300)) * 1000);
    return reply.code(201).send({
      url: deps.attachmentLinks.url({ workspaceId, messageId, index }, expires),
      expires_at: expires.toISOString(),
    });
  });
}
