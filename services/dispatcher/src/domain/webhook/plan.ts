import { type Subscription, wants } from './subscription.ts';

/** What is read of an event of EVENTS; api.md §6. */
export interface EventHead {
  event_id: string;
  event_type: string;
  workspace_id: string;
  agent_id: string | null;
  /** null, or empty: it is about none. */
  conversation_id: string | null;
  sequence: number;
  timestamp: string;
}

export interface Subscriber extends Subscription {
  endpoint_id: string;
  workspace_id: string;
  enabled: boolean;
  active_from: Date;
}

/** Clocks of servers disagree by less: rather an event of just before than one too few. */
export const clockSkewMs = 5000;

/** Who gets an event that was stored in EVENTS at `storedAt`. */
export function subscribersOf<S extends Subscriber>(endpoints: readonly S[], event: EventHead, storedAt: Date): S[] {
  return endpoints.filter(
    (endpoint) => endpoint.enabled && storedAt.getTime() >= endpoint.active_from.getTime() - clockSkewMs && wants(endpoint, event),
  );
}

/** The columns of a delivery of that event: events of a conversation go one after the other, one about none goes by itself. */
export function deliveryOf(event: EventHead, endpoint: { endpoint_id: string; workspace_id: string }, deliveryId: string) {
  const conversationId = event.conversation_id || null;
  return {
    delivery_id: deliveryId,
    workspace_id: endpoint.workspace_id,
    endpoint_id: endpoint.endpoint_id,
    event_id: event.event_id,
    event_type: event.event_type,
    conversation_id: conversationId,
    lane_key: conversationId ?? event.event_id,
    sequence: event.sequence,
    occurred_at: new Date(event.timestamp),
  };
}

/** Reads an event; undefined when it is none. */
export function readEvent(body: string): EventHead | undefined {
  let event: Partial<EventHead> | null;
  try {
    event = JSON.parse(body) as Partial<EventHead> | null;
  } catch {
    return undefined;
  }
  if (typeof event !== 'object' || event === null) return undefined;
  const { event_id, event_type, workspace_id, sequence, timestamp } = event;
  const texts = [event_id, event_type, workspace_id, timestamp].every((text) => typeof text === 'string' && text !== '');
  const sound = texts && Number.isInteger(sequence) && !Number.isNaN(Date.parse(timestamp ?? ''));
  return sound ? (event as EventHead) : undefined;
}
