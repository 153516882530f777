import type { BatonEvent, EventOf } from '@baton/contracts/events.ts';
import type { JsMsg } from '@nats-io/jetstream';

/** A signal whose bytes are no event of ours: it can never be worked on, however often it comes. */
export class UnreadableSignal extends Error {}

type SignalType = 'message.received' | 'dispatch.ready' | 'send.ready' | 'conversation.mode_changed' | 'conversation.erased';

/** Decodes the JSON of an event of that type. Throws UnreadableSignal when it is none, or lacks what the dispatcher acts on. */
export function readSignal<T extends SignalType>(type: T, data: Uint8Array): EventOf<T> {
  let event: BatonEvent;
  try {
    event = JSON.parse(decoder.decode(data)) as BatonEvent;
  } catch {
    throw new UnreadableSignal('the event is no JSON');
  }
  if (typeof event !== 'object' || event === null || event.event_type !== type) throw new UnreadableSignal(`the event is no ${type}`);
  const payload = event.payload as unknown;
  if (!isText(event.workspace_id) || !isText(event.conversation_id) || typeof payload !== 'object' || payload === null)
    throw new UnreadableSignal(`the ${type} lacks its envelope`);
  const fields = payload as Record<string, unknown>;
  for (const field of needed[type]) if (!isText(fields[field])) throw new UnreadableSignal(`the ${type} lacks ${field}`);
  return event as unknown as EventOf<T>;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

const needed: Record<SignalType, string[]> = {
  'message.received': ['message_id'],
  'dispatch.ready': ['dispatch_id'],
  'send.ready': ['message_id'],
  'conversation.mode_changed': ['to_mode'],
  'conversation.erased': ['conversation_id'],
};

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** How a message came: the count of its deliveries, and the trace it belongs to. */
export function delivery(message: JsMsg): { deliveries: number; redelivered: boolean; traceparent: string | undefined } {
  const deliveries = message.info.deliveryCount;
  return { deliveries, redelivered: deliveries > 1, traceparent: message.headers?.get('traceparent') || undefined };
}
