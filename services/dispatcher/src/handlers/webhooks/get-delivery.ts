import type { DeliveryWithAttempts, GetDeliveryRequest } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { findDelivery } from '../../store/webhooks/deliveries.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';
import { attemptToWire, deliveryToWire } from '../../wire/webhook.ts';

export async function handleGetDelivery({ db }: Pick<WebhookDeps, 'db'>, request: GetDeliveryRequest): Promise<DeliveryWithAttempts> {
  const found = await findDelivery(db, request.workspaceId, request.deliveryId);
  if (!found) throw notFound('delivery', request.deliveryId);
  return { delivery: deliveryToWire(found.delivery), body: found.body, attempts: found.attempts.map(attemptToWire) };
}
