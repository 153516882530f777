import { type App, commandOf, type Deps } from '../../context.ts';
import { NoQuery } from '../../schemas/common.ts';
import { CreateWebhookEndpoint, WebhookEndpointWithSecret } from '../../schemas/webhook.ts';
import { endpointJson, endpointOf } from '../../wire/webhook.ts';

const schema = {
  operationId: 'createWebhook',
  summary: 'Have events sent to a URL',
  description: 'Signed by Standard Webhooks; the answer alone shows the secret. Events from now on are sent.',
  tags: ['Webhooks'],
  querystring: NoQuery,
  body: CreateWebhookEndpoint,
  response: { 201: WebhookEndpointWithSecret },
};

export function createWebhook(app: App, deps: Deps): void {
  app.post('/v1/webhooks', { schema, config: { auth: { scope: 'admin' } } }, async (request, reply) => {
    const { body } = request;
    const made = await deps.webhooks.createEndpoint({ context: commandOf(request), endpoint: endpointOf(body), secret: body.secret ?? '' });
    return reply.code(201).send({ ...endpointJson(made.endpoint!), secret: made.secret });
  });
}
