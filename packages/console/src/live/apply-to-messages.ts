import type { BatonEvent } from '@baton/sdk/gen/events.ts';
import type { InfiniteData } from '@tanstack/react-query';
import type { Message, MessagePage } from '../data/types.ts';

export type MessagePages = InfiniteData<MessagePage, string | undefined>;

/** The thread (newest first, in pages) after some events of its conversation. Each event has the whole message as it stands then, so the latest counts. */
export function applyToMessages(data: MessagePages, events: readonly BatonEvent[]): MessagePages {
  const latest = new Map<string, Message>();
  for (const event of events) {
    const message = messageOf(event);
    if (message) latest.set(message.message_id, message);
  }
  return latest.size === 0 ? data : put(data, latest);
}

/** With a message that was just sent from here, unless an event has brought it already: the event knows more. */
export function addSent(data: MessagePages, message: Message): MessagePages {
  const known = data.pages.some((page) => page.messages.some(({ message_id }) => message_id === message.message_id));
  return known ? data : put(data, new Map([[message.message_id, message]]));
}

function put(data: MessagePages, latest: Map<string, Message>): MessagePages {
  const pages = data.pages.map((page) => ({
    ...page,
    messages: page.messages.map((message) => {
      const next = latest.get(message.message_id);
      latest.delete(message.message_id);
      return next ? { ...message, ...next } : message;
    }),
  }));
  const [first, ...rest] = pages;
  if (!first) return data;
  const newest = first.messages[0]?.sequence ?? 0;
  // What is older than the newest we have and not among the pages lies on a page that was never opened.
  const fresh = [...latest.values()].filter(({ sequence }) => sequence > newest || first.messages.length === 0);
  fresh.sort((a, b) => b.sequence - a.sequence);
  return { ...data, pages: [{ ...first, messages: [...fresh, ...first.messages] }, ...rest] };
}

function messageOf(event: BatonEvent): Message | undefined {
  switch (event.event_type) {
    case 'message.received':
    case 'message.queued':
    case 'message.sent':
    case 'message.delivered':
    case 'message.read':
    case 'message.failed': {
      const { channel_account_id: _a, from_number: _f, to_number: _t, contact_id: _c, dispatch: _d, ...message } = event.payload;
      return { encoding: null, ...message };
    }
    default:
      return undefined;
  }
}
