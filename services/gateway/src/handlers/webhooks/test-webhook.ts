import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { Delivery } from '../../schemas/webhook.ts';
import { deliveryJson } from '../../wire/webhook.ts';

const schema = {
  operationId: 'testWebhook',
  summary: 'Send a test event',
  description: 'A `webhook.test`, once, whatever types the endpoint asks for. Look at the delivery to see what came of it.',
  tags: ['Webhooks'],
  params: Type.Object({ webhook_endpoint_id: Id('whe') }),
  querystring: NoQuery,
  body: Type.Object({}, { title: 'TestWebhook', additionalProperties: false }),
  response: { 202: Delivery },
};

export function testWebhook(app: App, deps: Deps): void {
  app.post(
    '/v1/webhooks/:webhook_endpoint_id/test',
    { schema, config: { auth: { scope: 'admin' }, optionalBody: true } },
    async (request, reply) => {
      const endpointId = requireId('webhookEndpoint', 'webhook endpoint', request.params.webhook_endpoint_id);
      return reply.code(202).send(deliveryJson(await deps.webhooks.sendTestEvent({ context: commandOf(request), endpointId })));
    },
  );
}
