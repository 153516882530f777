import type { ListDeliveriesResponse, SurveyDeadDeliveriesRequest } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { surveyDeadDeliveries } from '../../store/webhooks/deliveries.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';
import { deliveryToWire } from '../../wire/webhook.ts';
import { pageOf } from '../page.ts';

/** SurveyDeadDeliveries: across tenants, and so by a function. */
export async function handleSurveyDeadDeliveries(
  { db }: Pick<WebhookDeps, 'db'>,
  request: SurveyDeadDeliveriesRequest,
): Promise<ListDeliveriesResponse> {
  const filter = {
    workspaceId: request.workspaceId || null,
    deliveryId: request.deliveryId || null,
    includeDropped: request.includeDropped,
  };
  const { page, nextCursor } = await pageOf('delivery', request, {
    read: (o) => surveyDeadDeliveries(db, { ...filter, ...o }),
    idOf: (row) => row.delivery_id,
  });
  return { deliveries: page.map(deliveryToWire), nextCursor };
}
