import type { Delivery, ReplayDeliveryRequest } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { findDelivery, replayDelivery } from '../../store/webhooks/deliveries.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';
import { deliveryToWire } from '../../wire/webhook.ts';
import { contextOf } from '../context.ts';
import { enabledEndpoint } from './enabled-endpoint.ts';

/** ReplayDelivery: the same delivery under the same id, with its attempts counted anew; one still on its way stays as it is. */
export async function handleReplayDelivery(deps: WebhookDeps, request: ReplayDeliveryRequest): Promise<Delivery> {
  const { workspaceId } = contextOf(request.context);
  const found = await findDelivery(deps.db, workspaceId, request.deliveryId);
  if (!found) throw notFound('delivery', request.deliveryId);
  await enabledEndpoint(deps, workspaceId, found.delivery.endpoint_id);
  const row = await replayDelivery(deps.db, workspaceId, request.deliveryId);
  if (!row) throw notFound('delivery', request.deliveryId);
  deps.deliveriesDue([row.endpoint_id]);
  return deliveryToWire(row);
}
