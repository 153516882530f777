import type { EventOf } from '@baton/contracts/events.ts';

/** What is told of an endpoint that Baton turns off by itself. Not its URL, which may hold a secret of the subscriber. */
export function disabledEvent(
  endpoint: { endpoint_id: string; workspace_id: string; failing_since: Date | null },
  o: { reason: 'failing' | 'gone'; eventId: string; at: Date },
): EventOf<'webhook.disabled'> {
  return {
    event_id: o.eventId,
    event_type: 'webhook.disabled',
    workspace_id: endpoint.workspace_id,
    agent_id: null,
    channel: null,
    conversation_id: null,
    sequence: 0,
    timestamp: o.at.toISOString(),
    payload: {
      webhook_endpoint_id: endpoint.endpoint_id,
      reason: o.reason,
      failing_since: endpoint.failing_since?.toISOString() ?? null,
      disabled_at: o.at.toISOString(),
    },
  };
}
