import { publicEventTypes } from '@baton/contracts/events.ts';
import { dispatchOutcomes } from '@baton/contracts/vocabulary.ts';
import { type Static, Type } from 'typebox';
import { Attachments, Id, Metadata, NextPageToken, Nullable, Text, Time, Word } from './common.ts';

export const DeadLetter = Type.Object(
  {
    dead_letter_id: Id('dlt'),
    service: Type.String({ description: 'Which service gave up.' }),
    subject: Type.String(),
    payload: Type.String({ description: 'As it was received.' }),
    error: Type.String(),
    attempts: Type.Integer(),
    trace_id: Nullable(Type.String()),
    state: Word(['open', 'retried', 'dropped']),
    created_at: Time,
  },
  { title: 'DeadLetter' },
);

export const DeadLetterList = Type.Object(
  { dead_letters: Type.Array(DeadLetter), next_page_token: NextPageToken },
  { title: 'DeadLetterList', description: 'Newest first, whichever service gave up.' },
);

export const StreamTicket = Type.Object(
  { ticket: Type.String({ description: 'Send it once as `?token=`.', examples: ['tkt_…'] }), expires_at: Time },
  { title: 'StreamTicket' },
);

const Handoff = Type.Object(
  {
    reason: Type.String({ minLength: 1, maxLength: 1000 }),
    summary: Type.Optional(Nullable(Type.String({ maxLength: 10_000 }))),
  },
  { title: 'Handoff', additionalProperties: false },
);

export const DispatchReply = Type.Object(
  {
    text: Type.Optional(Text),
    attachments: Type.Optional(Attachments),
    messages: Type.Optional(
      Type.Array(
        Type.Object(
          { text: Type.Optional(Text), attachments: Type.Optional(Attachments) },
          { title: 'ReplyMessage', additionalProperties: false },
        ),
        { maxItems: 20 },
      ),
    ),
    handoff: Type.Optional(Nullable(Handoff)),
    close: Type.Optional(Type.Boolean()),
    tags: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 50 })),
    status: Type.Optional(Word(['active', 'completed', 'escalated', 'abandoned', 'archived'])),
    metadata: Type.Optional(Metadata),
  },
  {
    title: 'DispatchReply',
    additionalProperties: false,
    description: 'What an AI backend answers; without a text it is silence.',
    examples: [{ text: 'We open at nine.' }],
  },
);

export const DispatchReplyResult = Type.Object(
  {
    dispatch_id: Id('dsp'),
    result: Word(['committed', 'suggestion'], { description: '`suggestion`: it came after a takeover and is kept for a person.' }),
    outcome: Type.String(),
    message_ids: Type.Array(Id('msg')),
  },
  { title: 'DispatchReplyResult' },
);

/** The `data` of a frame. */
export const Event = Type.Object(
  {
    event_id: Type.String(),
    event_type: Word([...publicEventTypes, 'stream.gap', 'stream.overflow']),
    workspace_id: Id('acc'),
    agent_id: Nullable(Id('agt')),
    channel: Nullable(Type.String()),
    conversation_id: Nullable(Id('conv')),
    sequence: Type.Integer({
      description: 'Counts the events of the conversation from 1, without gaps; 0 for what is about no conversation.',
    }),
    timestamp: Time,
    payload: Type.Record(Type.String(), Type.Unknown()),
  },
  { title: 'Event' },
);

const Milliseconds = Nullable(Type.Integer({ description: 'How long turns of the AI took, to within 10 %; null where none was settled.' }));

const figures = {
  received: Type.Integer({ description: 'Messages of customers.' }),
  replied: Type.Integer({ description: 'Turns of the AI that ended with a reply.' }),
  sent: Type.Integer({ description: 'Messages that a provider took.' }),
  failed: Type.Integer({ description: 'Messages that were not sent or not delivered.' }),
  latency_p50_ms: Milliseconds,
  latency_p95_ms: Milliseconds,
};

const TrafficFigures = Type.Object(figures, { title: 'TrafficFigures' });
export type TrafficFigures = Static<typeof TrafficFigures>;

const Traffic = Type.Object(
  {
    minutes: Type.Array(Type.Object({ minute: Time, ...figures }, { title: 'TrafficMinute' }), {
      description: 'Oldest first, without gaps; the last one still runs.',
    }),
    total: TrafficFigures,
    outcomes: Type.Array(
      Type.Object(
        { outcome: Word(dispatchOutcomes), reason: Nullable(Type.String({ description: 'Of suppressed ones.' })), count: Type.Integer() },
        { title: 'TurnOutcome' },
      ),
      { description: 'What became of the AI’s turns, the most frequent first.' },
    ),
  },
  { title: 'Traffic', description: 'Counted as it is committed, late by two seconds at most.' },
);
export type Traffic = Static<typeof Traffic>;

const EndpointHealth = Type.Object(
  {
    webhook_endpoint_id: Id('whe'),
    description: Type.String(),
    enabled: Type.Boolean(),
    disabled_reason: Nullable(Word(['manual', 'failing', 'gone'])),
    failing_since: Nullable(Time),
    pending: Type.Integer({ description: 'Deliveries under way or waiting to be tried again; counted up to 10,000.' }),
    oldest_pending_at: Nullable(Time),
    dead: Type.Integer({ description: 'Deliveries given up; of the newest 1,000 of the workspace.' }),
  },
  { title: 'EndpointHealth' },
);
export type EndpointHealth = Static<typeof EndpointHealth>;

const ConsumerLag = Type.Object(
  {
    stream: Type.String({ examples: ['INBOUND'] }),
    consumer: Type.String({ examples: ['conversation-state-p00'] }),
    pending: Type.Integer({ description: 'Messages not handed to anybody yet.' }),
    ack_pending: Type.Integer({ description: 'Handed out and not done.' }),
    redelivered: Type.Integer({ description: 'Of those, handed out more than once.' }),
  },
  { title: 'ConsumerLag' },
);
export type ConsumerLag = Static<typeof ConsumerLag>;

export const Operations = Type.Object(
  {
    as_of: Time,
    traffic: Nullable(Traffic),
    webhooks: Nullable(Type.Array(EndpointHealth, { description: 'Newest endpoint first.' })),
    open_dead_letters: Nullable(Type.Integer({ description: 'In both services, counted up to 1,000 in each.' })),
    consumers: Nullable(
      Type.Array(ConsumerLag, {
        description:
          'How far the installation’s readers are behind, all workspaces together. null without the scope `admin` (of a user: as owner).',
      }),
    ),
    unavailable: Type.Array(Word(['conversation-state', 'dispatcher', 'nats']), {
      description: 'Who did not answer; what they know is null.',
    }),
  },
  { title: 'Operations' },
);
export type Operations = Static<typeof Operations>;

export const OperationsQuery = Type.Object(
  { minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1440, default: 60, description: 'How far back `traffic` goes.' })) },
  { additionalProperties: false },
);
