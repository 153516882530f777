import { publicEventTypes } from '@baton/contracts/events.ts';
import { newId } from '@baton/contracts/ids.ts';
import { eventFilter } from '@baton/contracts/subjects.ts';
import type { JsMsg } from '@nats-io/jetstream';
import { clockSkewMs, deliveryOf, readEvent } from '../domain/webhook/plan.ts';
import { wants } from '../domain/webhook/subscription.ts';
import { type ReplayedLog, replayLog } from '../store/webhooks/deliveries.ts';
import type { EndpointRow } from '../store/webhooks/endpoints.ts';
import { type NewDelivery, type NewEvent, storeReplay } from '../store/webhooks/fan-out.ts';
import type { WebhookDeps } from './deps.ts';
import { readEvents, storedEvents } from './event-feed.ts';

const known: ReadonlySet<string> = new Set(publicEventTypes);

interface Range {
  since: Date;
  until: Date;
}

/** One call puts at most so many on their way; it then says where the next one goes on. */
export const replayLimit = 10_000;

/** What was given up. */
export function replayFailed(deps: WebhookDeps, endpoint: EndpointRow, range: Range): Promise<ReplayedLog> {
  return replayLog(deps.db, { ...at(endpoint), ...range, statuses: ['dead'], limit: replayLimit });
}

/**
 * Everything, what never became a delivery included (the endpoint was turned off, or wanted something else then): from EVENTS as far as it reaches back, and
 * from the log before that. Oldest first, so that an event is stored before those that must wait for it.
 */
export async function replayAll(deps: WebhookDeps, endpoint: EndpointRow, range: Range): Promise<ReplayedLog> {
  const stored = await storedEvents(deps.bus());
  const firstEvent = await timeOfFirst(deps, stored.first);
  const reaches = new Date(Math.max(firstEvent?.getTime() ?? range.until.getTime(), range.since.getTime()));
  let replayed = 0;
  if (range.since < reaches) {
    const until = reaches < range.until ? reaches : range.until;
    const log = await replayLog(deps.db, {
      ...at(endpoint),
      since: range.since,
      until,
      statuses: ['delivered', 'dead'],
      limit: replayLimit,
    });
    replayed = log.replayed;
    if (log.nextSince) return log;
  }
  if (reaches >= range.until) return { replayed, nextSince: undefined };
  const stream = { created: stored.created, last: stored.last };
  const rest = await fromEvents(deps, endpoint, { since: reaches, until: range.until, limit: replayLimit - replayed, stream });
  return { replayed: replayed + rest.replayed, nextSince: rest.nextSince };
}

async function timeOfFirst(deps: WebhookDeps, sequence: number): Promise<Date | undefined> {
  const { jsm } = deps.bus();
  return (await jsm.streams.getMessage('EVENTS', { seq: sequence }))?.time;
}

async function fromEvents(
  deps: WebhookDeps,
  endpoint: EndpointRow,
  o: Range & { limit: number; stream: { created: string; last: number } },
): Promise<ReplayedLog> {
  let replayed = 0;
  // An event is stored after it has happened.
  const batches = readEvents(deps.bus(), {
    filterSubjects: [eventFilter({ workspaceId: endpoint.workspace_id })],
    from: { time: new Date(o.since.getTime() - clockSkewMs) },
    streamCreated: o.stream.created,
    upTo: o.stream.last,
    signal: AbortSignal.timeout(20_000),
  });
  for await (const { messages } of batches) {
    const planned = planReplay(messages, endpoint, o);
    const room = o.limit - replayed;
    const deliveries = planned.deliveries.slice(0, room);
    replayed += await storeReplay(deps.pool, { workspaceId: endpoint.workspace_id, events: planned.events.slice(0, room), deliveries });
    const next = planned.deliveries[room];
    if (next) return { replayed, nextSince: next.occurred_at };
  }
  return { replayed, nextSince: undefined };
}

function planReplay(messages: JsMsg[], endpoint: EndpointRow, range: Range): { events: NewEvent[]; deliveries: NewDelivery[] } {
  const events: NewEvent[] = [];
  const deliveries: NewDelivery[] = [];
  for (const message of messages) {
    const body = new TextDecoder().decode(message.data);
    const event = readEvent(body);
    if (!event || event.workspace_id !== endpoint.workspace_id || !known.has(event.event_type) || !wants(endpoint, event)) continue;
    const occurredAt = new Date(event.timestamp);
    if (occurredAt < range.since || occurredAt >= range.until) continue;
    events.push({ event_id: event.event_id, workspace_id: event.workspace_id, body });
    deliveries.push(deliveryOf(event, endpoint, newId('delivery')));
  }
  return { events, deliveries };
}

const at = (endpoint: EndpointRow) => ({ workspaceId: endpoint.workspace_id, endpointId: endpoint.endpoint_id });
