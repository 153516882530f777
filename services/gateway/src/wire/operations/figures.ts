import type { WebhookHealth } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import type { TrafficMinute as WireMinute, Traffic as WireTraffic } from '@baton/contracts/gen/baton/operations/v1/traffic.ts';
import type { Lag } from '../../operations/consumer-lag.ts';
import type { ConsumerLag, EndpointHealth, Traffic, TrafficFigures } from '../../schemas/operations.ts';
import { iso, isoOrNull } from '../time.ts';

export function trafficJson(t: WireTraffic): Traffic {
  return {
    minutes: t.minutes.map((minute) => ({ minute: iso(minute.at), ...figures(minute) })),
    total: figures(t.total),
    outcomes: t.outcomes.map(({ outcome, reason, count }) => ({ outcome, reason: reason ?? null, count })) as Traffic['outcomes'],
  };
}

function figures(m: WireMinute | undefined): TrafficFigures {
  return {
    received: m?.received ?? 0,
    replied: m?.replied ?? 0,
    sent: m?.sent ?? 0,
    failed: m?.failed ?? 0,
    latency_p50_ms: m?.latencyP50Ms ?? null,
    latency_p95_ms: m?.latencyP95Ms ?? null,
  };
}

export function healthJson({ endpoints }: WebhookHealth): EndpointHealth[] {
  return endpoints.map((e) => ({
    webhook_endpoint_id: e.endpointId,
    description: e.description,
    enabled: e.enabled,
    disabled_reason: (e.disabledReason || null) as EndpointHealth['disabled_reason'],
    failing_since: isoOrNull(e.failingSince),
    pending: e.pending,
    oldest_pending_at: isoOrNull(e.oldestPendingAt),
    dead: e.dead,
  }));
}

export function lagJson({ stream, consumer, pending, ackPending, redelivered }: Lag): ConsumerLag {
  return { stream, consumer, pending, ack_pending: ackPending, redelivered };
}
