import { publicEventTypes } from '@baton/contracts/events.ts';
import { Type } from 'typebox';
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
