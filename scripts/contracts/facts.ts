import type { EventType, publicEventTypes } from '@baton/contracts/events.ts';
import {
  aiModes,
  authors,
  channels,
  conversationStatuses,
  dispatchOutcomes,
  messageStatuses,
  providers,
  receiptStatuses,
} from '@baton/contracts/vocabulary.ts';
import type { Json } from './json.ts';

export type PublicEventType = (typeof publicEventTypes)[number];
type SignalType = Exclude<EventType, PublicEventType>;

export type Fact = readonly [payload: string, meaning: string];

/** Which message of the proto file each event carries, and what it says. A new type of event does not compile until it stands here. */
export const facts: Record<PublicEventType, Fact> = {
  'message.received': ['MessagePayload', 'A message was stored: of a customer, or of a colleague who answered outside Baton.'],
  'message.queued': ['MessagePayload', 'A message is to be sent.'],
  'message.sent': ['MessagePayload', 'The provider has accepted the message.'],
  'message.delivered': ['MessagePayload', "The message has reached the customer's device."],
  'message.read': ['MessagePayload', 'The customer has read the message.'],
  'message.failed': ['MessagePayload', 'The message was not sent, or not delivered; `error` says why.'],
  'message.opt_out': ['OptOutPayload', 'The customer wants no more messages.'],
  'message.opt_in': ['OptOutPayload', 'The customer wants messages again.'],
  'conversation.created': ['ConversationPayload', 'A conversation began.'],
  'conversation.updated': ['ConversationPayload', 'The status or a label changed.'],
  'conversation.mode_changed': ['ModeChangedPayload', 'Somebody else answers now.'],
  'conversation.handoff_requested': ['HandoffRequestedPayload', 'The AI asked for a person.'],
  'conversation.note_changed': ['NoteChangedPayload', 'People noted something about the conversation; `GET …/notes` has it.'],
  'window.closing': ['WindowClosingPayload', 'Free-form WhatsApp messages are possible for one more hour.'],
  'dispatch.completed': ['DispatchPayload', 'A turn of the AI has ended, with or without a reply.'],
  'dispatch.failed': ['DispatchPayload', 'A turn of the AI has failed for good.'],
  'dispatch.suppressed': ['DispatchPayload', 'The AI was not asked, or its reply not sent; `reason` says why.'],
  'webhook.disabled': ['WebhookDisabledPayload', 'A webhook endpoint was turned off because it fails, or said that it is gone.'],
};

/** Between Baton's own services: they wake somebody up, and no subscriber sees them. */
export const signals: Record<SignalType, Fact> = {
  'dispatch.ready': ['DispatchReadyPayload', 'A turn may begin.'],
  'conversation.erased': ['ConversationErasedPayload', 'The customer is being erased: what is kept of the conversation goes.'],
  'send.ready': ['SendReadyPayload', 'A queued message may be claimed.'],
};

/** What is said about a stream, in the shape of an event. */
export const notices = {
  'stream.gap': 'What the reader missed is no longer kept: load anew what is shown, and go on.',
  'stream.overflow': 'The reader did not keep up and is cut off; it loses nothing when it comes back with its last id.',
} as const;

/** What comes by webhook alone: nothing has happened. */
export const tests = { 'webhook.test': 'Somebody tests a webhook endpoint.' } as const;

const words: Record<string, readonly string[]> = {
  ai_mode: aiModes,
  from_mode: aiModes,
  to_mode: aiModes,
  author: authors,
  channel: channels,
  direction: ['inbound', 'outbound'],
  outcome: dispatchOutcomes,
  provider: providers,
  'MessagePayload.status': messageStatuses,
  'WebhookDisabledPayload.reason': ['failing', 'gone'],
  'NoteChangedPayload.action': ['added', 'edited', 'deleted'],
  'ConversationPayload.status': conversationStatuses,
  'InboundReceipt.status': receiptStatuses,
  'InboundMessage.author': ['contact', 'human'],
  'InboundMessage.provider_opt_out': ['stop', 'start', ''],
};

/** The vocabulary behind a field, which the proto file only calls a string. */
export function refineField(message: string, field: string): Json {
  const enumeration = words[`${message}.${field}`] ?? words[field];
  if (enumeration) return { enum: [...enumeration] };
  return /_at$|^timestamp$/.test(field) ? { format: 'date-time' } : {};
}
