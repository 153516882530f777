import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { RotateWebhookSecret, WebhookEndpointWithSecret } from '../../schemas/webhook.ts';
import { endpointJson } from '../../wire/webhook.ts';

const schema = {
  operationId: 'rotateWebhookSecret',
  summary: 'Sign with a new secret',
  description: 'Until the overlap ends requests carry the signatures of both, so that nothing is refused while you change yours.',
  tags: ['Webhooks'],
  params: Type.Object({ webhook_endpoint_id: Id('whe') }),
  querystring: NoQuery,
  body: RotateWebhookSecret,
  response: { 200: WebhookEndpointWithSecret },
};

export function rotateWebhookSecret(app: App, deps: Deps): void {
  app.post(
    '/v1/webhooks/:webhook_endpoint_id/rotate-secret',
    { schema, config: { auth: { scope: 'admin' }, optionalBody: true } },
    async (request) => {
      const { secret = '', overlap_seconds: overlapSeconds = 86_400 } = request.body;
      const endpointId = requireId('webhookEndpoint', 'webhook endpoint', request.params.webhook_endpoint_id);
      const rotated = await deps.webhooks.rotateSecret({ context: commandOf(request), endpointId, secret, overlapSeconds });
      return { ...endpointJson(rotated.endpoint!), secret: rotated.secret };
    },
  );
}
