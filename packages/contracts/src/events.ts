import type {
  ConversationErasedPayload,
  ConversationPayload,
  DispatchPayload,
  DispatchReadyPayload,
  Envelope,
  HandoffRequestedPayload,
  MessagePayload,
  ModeChangedPayload,
  NoteChangedPayload,
  OptOutPayload,
  SendReadyPayload,
  WebhookDisabledPayload,
  WindowClosingPayload,
} from './gen/json/baton/events/v1/events.ts';

/** Optional fields of the proto are present as `null` in JSON, as everywhere in the public contract. */
type Nulled<T> = T extends (infer U)[]
  ? Nulled<U>[]
  : T extends object
    ? { [K in keyof T]-?: undefined extends T[K] ? Nulled<Exclude<T[K], undefined>> | null : Nulled<T[K]> }
    : T;

/** Payload by event type. The last three are Baton's own signals between conversation-state and dispatcher: never shown outside. */
export interface EventPayloads {
  'message.received': Nulled<MessagePayload>;
  'message.queued': Nulled<MessagePayload>;
  'message.sent': Nulled<MessagePayload>;
  'message.delivered': Nulled<MessagePayload>;
  'message.read': Nulled<MessagePayload>;
  'message.failed': Nulled<MessagePayload>;
  'message.opt_out': Nulled<OptOutPayload>;
  'message.opt_in': Nulled<OptOutPayload>;
  'conversation.created': Nulled<ConversationPayload>;
  'conversation.updated': Nulled<ConversationPayload>;
  'conversation.mode_changed': Nulled<ModeChangedPayload>;
  'conversation.handoff_requested': Nulled<HandoffRequestedPayload>;
  'conversation.note_changed': Nulled<NoteChangedPayload>;
  'window.closing': WindowClosingPayload;
  'dispatch.completed': Nulled<DispatchPayload>;
  'dispatch.failed': Nulled<DispatchPayload>;
  'dispatch.suppressed': Nulled<DispatchPayload>;
  'webhook.disabled': Nulled<WebhookDisabledPayload>;
  'dispatch.ready': DispatchReadyPayload;
  'conversation.erased': ConversationErasedPayload;
  'send.ready': SendReadyPayload;
}

export type EventType = keyof EventPayloads;

/** About a workspace, not about one of its conversations: `sequence` is 0. */
export const workspaceEventTypes = ['webhook.disabled'] as const satisfies EventType[];
export type WorkspaceEventType = (typeof workspaceEventTypes)[number];

type OfConversation = 'agent_id' | 'channel' | 'conversation_id';

export type EventOf<T extends EventType> = Omit<Envelope, 'event_type' | 'payload' | OfConversation> &
  (T extends WorkspaceEventType ? Record<OfConversation, null> : Pick<Envelope, OfConversation>) & {
    event_type: T;
    payload: EventPayloads[T];
  };

/** One published fact, narrowed by `event_type`. */
export type BatonEvent = { [T in EventType]: EventOf<T> }[EventType];

export const publicEventTypes = [
  'message.received',
  'message.queued',
  'message.sent',
  'message.delivered',
  'message.read',
  'message.failed',
  'message.opt_out',
  'message.opt_in',
  'conversation.created',
  'conversation.updated',
  'conversation.mode_changed',
  'conversation.handoff_requested',
  'conversation.note_changed',
  'window.closing',
  'dispatch.completed',
  'dispatch.failed',
  'dispatch.suppressed',
  'webhook.disabled',
] as const satisfies EventType[];
