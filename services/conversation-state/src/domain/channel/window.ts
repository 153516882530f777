import { windowOf } from '@baton/channels/window.ts';
import type { Author, Channel } from '@baton/contracts/vocabulary.ts';

const hour = 3_600_000;

/** `window.closing` comes so long before the end. */
export const closingNoticeMs = hour;

/** The end of the window that an inbound message opens; null where the channel has none. A provider's clock may lag behind ours, never run ahead of it. */
export function windowAfter(channel: Channel, sentAt: Date, receivedAt: Date): Date | null {
  const window = windowOf(channel);
  return window && new Date(Math.min(sentAt.getTime(), receivedAt.getTime()) + window.hours * hour);
}

/**
 * The end that a window must have had when a message into it was refused as too late: whoever wrote it had no time left when it was made. null: the refusal
 * says nothing about the present, the customer has written since or the channel knows no window.
 */
export function windowFoundClosed(expires: Date | null, message: { channel: Channel; author: Author; created_at: Date }): Date | null {
  const window = windowOf(message.channel);
  if (window === null || expires === null) return null;
  const opened = expires.getTime() - window.hours * hour;
  if (opened > message.created_at.getTime()) return null;
  const longer = message.author === 'human' ? window.humanHours - window.hours : 0;
  return new Date(Math.min(expires.getTime(), message.created_at.getTime() - longer * hour));
}

/** Whether free-form text may go out: always where the channel has no window; a person may have longer than a program. */
export function canSendFreeForm(at: { channel: Channel; window_expires_at: Date | null }, author: Author, now: Date): boolean {
  const window = windowOf(at.channel);
  if (window === null) return true;
  if (at.window_expires_at === null) return false;
  const longer = author === 'human' ? window.humanHours - window.hours : 0;
  return at.window_expires_at.getTime() + longer * hour > now.getTime();
}
