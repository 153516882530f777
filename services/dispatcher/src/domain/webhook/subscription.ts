/** What an endpoint wants to hear. Empty lists: everything. */
export interface Subscription {
  event_types: readonly string[];
  agent_ids: readonly string[];
}

export function wantsType(subscription: Subscription, eventType: string): boolean {
  return subscription.event_types.length === 0 || subscription.event_types.includes(eventType);
}

/** An event about no agent is for those who did not ask for certain ones. */
export function wants(subscription: Subscription, event: { event_type: string; agent_id: string | null }): boolean {
  if (!wantsType(subscription, event.event_type)) return false;
  return subscription.agent_ids.length === 0 || (event.agent_id !== null && subscription.agent_ids.includes(event.agent_id));
}
