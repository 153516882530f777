import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { DeliveryWithAttempts } from '../../schemas/webhook.ts';
import { deliveryWithAttemptsJson } from '../../wire/webhook.ts';

const schema = {
  operationId: 'getDelivery',
  summary: 'Get a delivery with its attempts',
  tags: ['Webhooks'],
  params: Type.Object({ delivery_id: Id('whd') }),
  querystring: NoQuery,
  response: { 200: DeliveryWithAttempts },
};

export function getDelivery(app: App, deps: Deps): void {
  app.get('/v1/deliveries/:delivery_id', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const deliveryId = requireId('delivery', 'delivery', request.params.delivery_id);
    return deliveryWithAttemptsJson(await deps.webhooks.getDelivery({ workspaceId: workspaceOf(request), deliveryId }));
  });
}
