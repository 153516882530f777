import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { UpdateWebhookEndpoint, WebhookEndpoint } from '../../schemas/webhook.ts';
import { endpointJson, endpointOf } from '../../wire/webhook.ts';

const schema = {
  operationId: 'updateWebhook',
  summary: 'Change a webhook endpoint',
  description:
    'Fields not given stay. While it is turned off nothing is sent or collected; what was waiting goes on when it is enabled again, and what it missed can be replayed.',
  tags: ['Webhooks'],
  params: Type.Object({ webhook_endpoint_id: Id('whe') }),
  querystring: NoQuery,
  body: UpdateWebhookEndpoint,
  response: { 200: WebhookEndpoint },
};

export function updateWebhook(app: App, deps: Deps): void {
  app.patch('/v1/webhooks/:webhook_endpoint_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const { body } = request;
    const endpointId = requireId('webhookEndpoint', 'webhook endpoint', request.params.webhook_endpoint_id);
    const asked = { context: commandOf(request), endpointId, fields: Object.keys(body), endpoint: endpointOf(body) };
    return endpointJson(await deps.webhooks.updateEndpoint(asked));
  });
}
