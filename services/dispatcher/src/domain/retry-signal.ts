import type { BatonEvent } from '@baton/contracts/events.ts';

export interface RetrySignal {
  subject: string;
  payload: string;
}

/**
 * How a dead letter goes back on its way: a public event comes as the internal signal that asks for the same work, because a second `message.received`
 * in the stream would be shown to subscribers a second time. undefined: its payload can't be read, so no repeat can help.
 */
export function retrySignal(letter: RetrySignal, now: Date): RetrySignal | undefined {
  const event = parse(letter.payload);
  if (!event) return undefined;
  switch (event.event_type) {
    case 'message.received': {
      const dispatchId = event.payload.dispatch?.dispatch_id;
      if (!dispatchId) return undefined;
      // `<two words>.<partition>.<workspace>.<conversation>`: where it goes stays, what it is changes.
      const place = letter.subject.split('.').slice(2).join('.');
      const payload = { dispatch_id: dispatchId, recover: true };
      const ready = { ...event, event_type: 'dispatch.ready', sequence: 0, timestamp: now.toISOString(), payload };
      return { subject: `dispatch.ready.${place}`, payload: JSON.stringify(ready) };
    }
    case 'dispatch.ready':
    case 'conversation.erased':
    case 'send.ready':
      return letter;
    default:
      return undefined;
  }
}

function parse(payload: string): BatonEvent | undefined {
  try {
    const event = JSON.parse(payload) as BatonEvent | null;
    return typeof event === 'object' && event !== null && typeof event.payload === 'object' && event.payload !== null ? event : undefined;
  } catch {
    return undefined;
  }
}
