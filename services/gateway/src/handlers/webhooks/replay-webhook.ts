import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { ReplayWebhook, WebhookReplay } from '../../schemas/webhook.ts';
import { dateOf, isoOrNull } from '../../wire/time.ts';

const schema = {
  operationId: 'replayWebhook',
  summary: 'Send events of a time again',
  description: 'Under the ids they had (`webhook-id` is how you know them), in the order of each conversation.',
  tags: ['Webhooks'],
  params: Type.Object({ webhook_endpoint_id: Id('whe') }),
  querystring: NoQuery,
  body: ReplayWebhook,
  response: { 202: WebhookReplay },
};

/** Thousands of events are read and written. */
const timeoutMs = 25_000;

export function replayWebhook(app: App, deps: Deps): void {
  app.post('/v1/webhooks/:webhook_endpoint_id/replay', { schema, config: { auth: { scope: 'admin' } } }, async (request, reply) => {
    const { since, until, only = 'failed' } = request.body;
    const endpointId = requireId('webhookEndpoint', 'webhook endpoint', request.params.webhook_endpoint_id);
    const asked = { context: commandOf(request), endpointId, since: dateOf('/since', since), until: dateOf('/until', until), only };
    const { replayed, nextSince } = await deps.webhooks.replayEndpoint(asked, { timeoutMs });
    return reply.code(202).send({ replayed, next_since: isoOrNull(nextSince) });
  });
}
