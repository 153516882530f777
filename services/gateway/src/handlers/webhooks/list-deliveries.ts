import { isId } from '@baton/contracts/ids.ts';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { DeliveryList, DeliveryListQuery } from '../../schemas/webhook.ts';
import { deliveryJson } from '../../wire/webhook.ts';

const schema = {
  operationId: 'listDeliveries',
  summary: 'List deliveries to webhook endpoints',
  tags: ['Webhooks'],
  querystring: DeliveryListQuery,
  response: { 200: DeliveryList },
};

export function listDeliveries(app: App, deps: Deps): void {
  app.get('/v1/deliveries', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size: pageSize = 50, page_token, webhook_endpoint_id: endpointId, status, event_type: eventType } = request.query;
    const cursor = deps.pageTokens.open(request, page_token);
    if (endpointId !== undefined && !isId('webhookEndpoint', endpointId)) return { deliveries: [], next_page_token: null };
    const asked = { workspaceId: workspaceOf(request), pageSize, cursor, endpointId, status, eventType };
    const answer = await deps.webhooks.listDeliveries(asked);
    return { deliveries: answer.deliveries.map(deliveryJson), next_page_token: deps.pageTokens.sign(request, answer.nextCursor) };
  });
}
