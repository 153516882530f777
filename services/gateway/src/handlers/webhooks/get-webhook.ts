import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { WebhookEndpoint } from '../../schemas/webhook.ts';
import { endpointJson } from '../../wire/webhook.ts';

const schema = {
  operationId: 'getWebhook',
  summary: 'Get a webhook endpoint',
  tags: ['Webhooks'],
  params: Type.Object({ webhook_endpoint_id: Id('whe') }),
  querystring: NoQuery,
  response: { 200: WebhookEndpoint },
};

export function getWebhook(app: App, deps: Deps): void {
  app.get('/v1/webhooks/:webhook_endpoint_id', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const endpointId = requireId('webhookEndpoint', 'webhook endpoint', request.params.webhook_endpoint_id);
    return endpointJson(await deps.webhooks.getEndpoint({ workspaceId: workspaceOf(request), endpointId }));
  });
}
