import type {
  Endpoint,
  Delivery as WireDelivery,
  DeliveryWithAttempts as WireDeliveryWithAttempts,
} from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import type { Static } from 'typebox';
import type { CreateWebhookEndpoint, Delivery, DeliveryWithAttempts, UpdateWebhookEndpoint, WebhookEndpoint } from '../schemas/webhook.ts';
import { iso, isoOrNull } from './time.ts';

/** An endpoint as it is shown: its secret never again. */
export function endpointJson(e: Endpoint): WebhookEndpoint {
  return {
    webhook_endpoint_id: e.endpointId,
    url: e.url,
    description: e.description,
    event_types: e.eventTypes as WebhookEndpoint['event_types'],
    agent_ids: e.agentIds,
    enabled: e.enabled,
    timeout_ms: e.timeoutMs,
    disabled_reason: (e.disabledReason || null) as WebhookEndpoint['disabled_reason'],
    disabled_at: isoOrNull(e.disabledAt),
    failing_since: isoOrNull(e.failingSince),
    previous_secret_expires_at: isoOrNull(e.previousSecretExpiresAt),
    created_at: iso(e.createdAt),
    updated_at: iso(e.updatedAt),
  };
}

const blank: Endpoint = {
  endpointId: '',
  workspaceId: '',
  url: '',
  description: '',
  eventTypes: [],
  agentIds: [],
  enabled: true,
  disabledReason: '',
  disabledAt: undefined,
  timeoutMs: 0,
  failingSince: undefined,
  previousSecretExpiresAt: undefined,
  createdAt: undefined,
  updatedAt: undefined,
};

/** An endpoint on the wire with the fields of the body set. */
export function endpointOf(body: Static<typeof CreateWebhookEndpoint> | Static<typeof UpdateWebhookEndpoint>): Endpoint {
  return {
    ...blank,
    url: body.url ?? '',
    description: body.description ?? '',
    eventTypes: body.event_types ?? [],
    agentIds: body.agent_ids ?? [],
    timeoutMs: body.timeout_ms ?? 0,
    enabled: 'enabled' in body ? (body.enabled ?? true) : true,
  };
}

export function deliveryJson(d: WireDelivery): Delivery {
  return {
    delivery_id: d.deliveryId,
    webhook_endpoint_id: d.endpointId,
    event_id: d.eventId,
    event_type: d.eventType as Delivery['event_type'],
    conversation_id: d.conversationId || null,
    status: d.status as Delivery['status'],
    attempts: d.attempts,
    replays: d.replays,
    last_status: d.lastStatus ?? null,
    last_error: d.lastError || null,
    next_attempt_at: isoOrNull(d.nextAttemptAt),
    occurred_at: iso(d.occurredAt),
    created_at: iso(d.createdAt),
    settled_at: isoOrNull(d.settledAt),
  };
}

export function deliveryWithAttemptsJson({ delivery, body, attempts }: WireDeliveryWithAttempts): Static<typeof DeliveryWithAttempts> {
  if (!delivery) throw new Error('The dispatcher answered without a delivery.');
  return {
    ...deliveryJson(delivery),
    request_body: body,
    attempt_log: attempts.map((one) => ({
      number: one.number,
      started_at: iso(one.startedAt),
      duration_ms: one.durationMs,
      url: one.url,
      status: one.status ?? null,
      error: one.error || null,
      answer: one.answer,
    })),
  };
}
