import { Type } from 'typebox';
import { type App, commandOf, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { DeletedWebhookEndpoint } from '../../schemas/webhook.ts';

const schema = {
  operationId: 'deleteWebhook',
  summary: 'Delete a webhook endpoint',
  description: 'With everything that was still to be sent to it, and its log.',
  tags: ['Webhooks'],
  params: Type.Object({ webhook_endpoint_id: Id('whe') }),
  querystring: NoQuery,
  response: { 200: DeletedWebhookEndpoint },
};

export function deleteWebhook(app: App, deps: Deps): void {
  app.delete('/v1/webhooks/:webhook_endpoint_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const endpointId = requireId('webhookEndpoint', 'webhook endpoint', request.params.webhook_endpoint_id);
    await deps.webhooks.getEndpoint({ workspaceId: workspaceOf(request), endpointId });
    await deps.webhooks.deleteEndpoint({ context: commandOf(request), endpointId });
    return { webhook_endpoint_id: endpointId, deleted: true };
  });
}
