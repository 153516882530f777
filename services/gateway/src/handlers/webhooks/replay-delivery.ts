import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { Delivery } from '../../schemas/webhook.ts';
import { deliveryJson } from '../../wire/webhook.ts';

const schema = {
  operationId: 'replayDelivery',
  summary: 'Send a delivery again',
  description: 'Under the same id, with attempts counted anew. One that is still on its way stays as it is.',
  tags: ['Webhooks'],
  params: Type.Object({ delivery_id: Id('whd') }),
  querystring: NoQuery,
  body: Type.Object({}, { title: 'ReplayDelivery', additionalProperties: false }),
  response: { 202: Delivery },
};

export function replayDelivery(app: App, deps: Deps): void {
  app.post(
    '/v1/deliveries/:delivery_id/replay',
    { schema, config: { auth: { scope: 'admin' }, optionalBody: true } },
    async (request, reply) => {
      const deliveryId = requireId('delivery', 'delivery', request.params.delivery_id);
      return reply.code(202).send(deliveryJson(await deps.webhooks.replayDelivery({ context: commandOf(request), deliveryId })));
    },
  );
}
