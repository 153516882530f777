import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId, requireIndex } from '../../http/parameters.ts';
import { AttachmentParams, FileContent } from '../../schemas/attachment.ts';
import { NoQuery } from '../../schemas/common.ts';
import { sendAttachment } from './send-attachment.ts';

const schema = {
  operationId: 'getAttachment',
  summary: 'Get the bytes of a file',
  description:
    'Fetched from where the provider keeps it, with the credentials of the channel account where it wants them, and passed on as it comes; nothing is kept. Providers ' +
    'forget files after days or weeks. What a browser could run comes as `application/octet-stream` to be saved.',
  tags: ['Messages'],
  params: AttachmentParams,
  querystring: NoQuery,
  response: { 200: FileContent },
};

export function getAttachment(app: App, deps: Deps): void {
  app.get(
    '/v1/messages/:message_id/attachments/:index',
    { schema, config: { auth: { scope: 'read' } } },
    (request, reply) =>
      sendAttachment(
        deps,
        { request, reply },
        {
          workspaceId: workspaceOf(request),
          messageId: requireId('message', 'message', request.params.message_id),
          index: requireIndex('attachment', request.params.index),
        },
      ) as never,
  );
}
