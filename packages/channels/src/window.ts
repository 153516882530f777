import type { Channel } from '@baton/contracts/vocabulary.ts';

/** How long after the customer's last message free text may go out. The channel's rule, whichever provider carries it. */
export interface Window {
  hours: number;
  /** For what a person wrote (Meta's HUMAN_AGENT tag, which no program may use). */
  humanHours: number;
}

// https://developers.facebook.com/docs/whatsapp/conversation-types and …/messenger-platform/send-messages/message-tags: HUMAN_AGENT within seven days.
const whatsapp: Window = { hours: 24, humanHours: 24 };
const messenger: Window = { hours: 24, humanHours: 7 * 24 };

export function windowOf(channel: Channel): Window | null {
  if (channel === 'whatsapp') return whatsapp;
  return channel === 'facebook' || channel === 'instagram' ? messenger : null;
}
