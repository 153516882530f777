import { publicEventTypes } from '@baton/contracts/events.ts';
import { type Static, Type } from 'typebox';
import { Id, NextPageToken, Nullable, Paging, Time, Word } from './common.ts';

const EventTypes = Type.Array(Word(publicEventTypes), {
  maxItems: 50,
  description: 'Empty: every type.',
  examples: [['message.received']],
});
const AgentIds = Type.Array(Id('agt'), { maxItems: 100, description: 'Empty: every agent.' });

const settings = {
  url: Type.String({ maxLength: 2048, pattern: '^https?://[^\\s]+$', examples: ['https://hooks.example.com/baton'] }),
  description: Type.String({ maxLength: 500 }),
  event_types: EventTypes,
  agent_ids: AgentIds,
  enabled: Type.Boolean(),
  timeout_ms: Type.Integer({ minimum: 1000, maximum: 30_000, description: 'For one attempt; 15 s unless told.' }),
};

const secret = Type.String({
  pattern: '^whsec_[A-Za-z0-9+/]{32,86}={0,2}$',
  description: '`whsec_` and 24 to 64 bytes in base64. Without it one is made.',
});

const state = {
  disabled_reason: Nullable(
    Word(['manual', 'failing', 'gone'], { description: '`failing`: nothing got through for three days; `gone`: it answered 410.' }),
  ),
  disabled_at: Nullable(Time),
  failing_since: Nullable(Type.String({ format: 'date-time', description: 'Nothing has got through since then.' })),
  previous_secret_expires_at: Nullable(
    Type.String({ format: 'date-time', description: 'Until then requests carry the signature of the secret before as well.' }),
  ),
  created_at: Time,
  updated_at: Time,
};

const endpoint = { webhook_endpoint_id: Id('whe'), ...settings, ...state };

export const WebhookEndpoint = Type.Object(endpoint, { title: 'WebhookEndpoint' });
export type WebhookEndpoint = Static<typeof WebhookEndpoint>;

export const WebhookEndpointWithSecret = Type.Object(
  { ...endpoint, secret: Type.String({ description: 'Shown this once.', examples: ['whsec_…'] }) },
  { title: 'WebhookEndpointWithSecret' },
);

export const WebhookEndpointList = Type.Object(
  { webhooks: Type.Array(WebhookEndpoint), next_page_token: NextPageToken },
  { title: 'WebhookEndpointList' },
);

export const DeletedWebhookEndpoint = Type.Object(
  { webhook_endpoint_id: Id('whe'), deleted: Type.Boolean() },
  { title: 'DeletedWebhookEndpoint' },
);

const { enabled: _, ...creatable } = settings;

export const CreateWebhookEndpoint = Type.Object(
  { ...Type.Partial(Type.Object(creatable)).properties, url: settings.url, secret: Type.Optional(secret) },
  {
    title: 'CreateWebhookEndpoint',
    additionalProperties: false,
    examples: [{ url: 'https://hooks.example.com/baton', event_types: ['message.received', 'conversation.mode_changed'] }],
  },
);

export const UpdateWebhookEndpoint = Type.Partial(Type.Object(settings), {
  title: 'UpdateWebhookEndpoint',
  additionalProperties: false,
  minProperties: 1,
});

export const RotateWebhookSecret = Type.Object(
  {
    secret: Type.Optional(secret),
    overlap_seconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 604_800, default: 86_400, description: 'How long the secret before goes on signing as well.' }),
    ),
  },
  { title: 'RotateWebhookSecret', additionalProperties: false },
);

export const ReplayWebhook = Type.Object(
  {
    since: Type.String({ format: 'date-time', description: 'Events that happened from then on.', examples: ['2026-05-15T14:32:01.000Z'] }),
    until: Type.Optional(Type.String({ format: 'date-time', description: 'And before then; now unless told.' })),
    only: Type.Optional(
      Word(['failed', 'all'], {
        description:
          '`failed` (unless told): what was given up. `all`: everything it has got or should have got, from the stored events (seven days) and the log.',
      }),
    ),
  },
  { title: 'ReplayWebhook', additionalProperties: false, examples: [{ since: '2026-05-15T14:32:01.000Z', only: 'failed' }] },
);

export const WebhookReplay = Type.Object(
  {
    replayed: Type.Integer({ description: 'Deliveries put on their way; at most 10,000 in one call.' }),
    next_since: Nullable(Type.String({ format: 'date-time', description: 'There is more: call again with this `since`.' })),
  },
  { title: 'WebhookReplay' },
);

export const deliveryStatuses = ['pending', 'delivered', 'dead'] as const;
const eventTypes = [...publicEventTypes, 'webhook.test'] as const;

const delivery = {
  delivery_id: Id('whd', 'Sent as `webhook-id`: the same at every attempt and replay.'),
  webhook_endpoint_id: Id('whe'),
  event_id: Id('evt'),
  event_type: Word(eventTypes),
  conversation_id: Nullable(Id('conv')),
  status: Word(deliveryStatuses, { description: '`dead`: given up after the last attempt; replay it.' }),
  attempts: Type.Integer(),
  replays: Type.Integer(),
  last_status: Nullable(Type.Integer({ description: 'HTTP status of the last attempt; null where there was no answer.' })),
  last_error: Nullable(Type.String()),
  next_attempt_at: Nullable(
    Type.String({ format: 'date-time', description: 'null: settled, not tried yet, or waiting for an earlier event of its conversation.' }),
  ),
  occurred_at: Time,
  created_at: Time,
  settled_at: Nullable(Time),
};

export const Delivery = Type.Object(delivery, { title: 'Delivery' });
export type Delivery = Static<typeof Delivery>;

export const DeliveryAttempt = Type.Object(
  {
    number: Type.Integer(),
    started_at: Time,
    duration_ms: Type.Integer(),
    url: Type.String(),
    status: Nullable(Type.Integer()),
    error: Nullable(Type.String()),
    answer: Type.String({ description: 'The first 4 KiB of the answer’s body.' }),
  },
  { title: 'DeliveryAttempt' },
);

export const DeliveryWithAttempts = Type.Object(
  {
    ...delivery,
    request_body: Type.String({ description: 'As it is sent; the signature is over these bytes.' }),
    attempt_log: Type.Array(DeliveryAttempt, { description: 'Newest first, the latest 50.' }),
  },
  { title: 'DeliveryWithAttempts' },
);

export const DeliveryList = Type.Object(
  { deliveries: Type.Array(Delivery), next_page_token: NextPageToken },
  { title: 'DeliveryList', description: 'Newest first. Kept for 30 days.' },
);

export const DeliveryListQuery = Type.Object(
  {
    ...Paging,
    webhook_endpoint_id: Type.Optional(Id('whe')),
    status: Type.Optional(Word(deliveryStatuses)),
    event_type: Type.Optional(Word(eventTypes)),
  },
  { additionalProperties: false },
);
