import type { Delivery, DropDeliveryRequest } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import { dropDelivery, findDelivery } from '../../store/webhooks/deliveries.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';
import { deliveryToWire } from '../../wire/webhook.ts';
import { contextOf } from '../context.ts';

/** DropDelivery: a person gave a dead one up. Dropping it twice is fine. */
export async function handleDropDelivery({ db }: Pick<WebhookDeps, 'db'>, request: DropDeliveryRequest): Promise<Delivery> {
  const { workspaceId } = contextOf(request.context);
  const dropped = await dropDelivery(db, workspaceId, request.deliveryId);
  if (dropped) return deliveryToWire(dropped);
  const found = await findDelivery(db, workspaceId, request.deliveryId);
  if (!found) throw notFound('delivery', request.deliveryId);
  throw new BatonError('conflict', `The delivery is ${found.delivery.status}: only a dead one can be dropped.`);
}
