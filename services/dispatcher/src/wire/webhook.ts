import type { Attempt, Delivery, Endpoint } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import type { Selectable } from 'kysely';
import type { AttemptTable } from '../store/tables.ts';
import type { DeliveryRow } from '../store/webhooks/deliveries.ts';
import type { EndpointRow } from '../store/webhooks/endpoints.ts';

/** An endpoint as the gRPC contract shows it: never its secrets. */
export function endpointToWire(row: EndpointRow): Endpoint {
  return {
    endpointId: row.endpoint_id,
    workspaceId: row.workspace_id,
    url: row.url,
    description: row.description,
    eventTypes: row.event_types,
    agentIds: row.agent_ids,
    enabled: row.enabled,
    disabledReason: row.disabled_reason ?? '',
    disabledAt: row.disabled_at ?? undefined,
    timeoutMs: row.timeout_ms,
    failingSince: row.failing_since ?? undefined,
    previousSecretExpiresAt: row.previous_secret_expires_at ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function deliveryToWire(row: DeliveryRow): Delivery {
  return {
    deliveryId: row.delivery_id,
    workspaceId: row.workspace_id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    eventType: row.event_type,
    conversationId: row.conversation_id ?? '',
    status: row.status,
    attempts: row.attempts,
    replays: row.replays,
    lastStatus: row.last_status ?? undefined,
    lastError: row.last_error ?? '',
    nextAttemptAt: row.next_attempt_at ?? undefined,
    occurredAt: row.occurred_at,
    createdAt: row.created_at,
    settledAt: row.settled_at ?? undefined,
    droppedAt: row.dropped_at ?? undefined,
  };
}

export function attemptToWire(row: Selectable<AttemptTable>): Attempt {
  return {
    number: row.number,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    url: row.url,
    status: row.status ?? undefined,
    error: row.error ?? '',
    answer: row.answer,
  };
}
