import type { ListDeliveriesRequest, ListDeliveriesResponse } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { DeliveryStatus } from '../../store/tables.ts';
import { listDeliveries } from '../../store/webhooks/deliveries.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';
import { deliveryToWire } from '../../wire/webhook.ts';
import { pageOf } from '../page.ts';

const statuses: readonly DeliveryStatus[] = ['pending', 'delivered', 'dead'];

/** ListDeliveries: newest first; the cursor is the id of the last one shown. */
export async function handleListDeliveries(
  { db }: Pick<WebhookDeps, 'db'>,
  request: ListDeliveriesRequest,
): Promise<ListDeliveriesResponse> {
  const status = statuses.find((one) => one === request.status);
  if (request.status !== undefined && status === undefined) throw invalidField('status', `must be one of ${statuses.join(', ')}`);
  const filter = { workspaceId: request.workspaceId, endpointId: request.endpointId, status, eventType: request.eventType };
  const { page, nextCursor } = await pageOf('delivery', request, {
    read: (o) => listDeliveries(db, { ...filter, ...o }),
    idOf: (row) => row.delivery_id,
  });
  return { deliveries: page.map(deliveryToWire), nextCursor };
}
