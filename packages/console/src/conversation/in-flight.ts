import type { Message } from '../data/types.ts';
import type { Drain } from './use-actions.ts';

/** The messages that the takeover named and whose fate is open: one that was sent, refused or cancelled since cannot arrive any more unseen. */
export function stillInFlight(drain: Drain, messages: readonly Message[]): string[] {
  const status = new Map(messages.map((message) => [message.message_id, message.status]));
  return drain.inFlight.filter((id) => ['sending', 'unknown', undefined].includes(status.get(id)));
}
