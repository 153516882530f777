import { aiModes, channels, conversationStatuses, dispatchOutcomes } from '@baton/contracts/vocabulary.ts';
import { type Static, Type } from 'typebox';
import { Attachments, Id, Metadata, NextPageToken, Nullable, Paging, Text, Time, Word } from './common.ts';
import { Message } from './message.ts';

export const Contact = Type.Object(
  {
    contact_id: Id('ctc'),
    name: Nullable(Type.String()),
    phone: Nullable(Type.String()),
    email: Nullable(Type.String()),
    attributes: Metadata,
  },
  { title: 'Contact' },
);

const rowFields = {
  conversation_id: Id('conv'),
  agent_id: Id('agt'),
  channel: Word(channels),
  from_number: Type.String({ description: "The customer's address.", examples: ['+2348031234567'] }),
  to_number: Type.String({ description: 'Ours.', examples: ['+2349012345678'] }),
  status: Word(conversationStatuses),
  subject: Nullable(Type.String()),
  tags: Type.Array(Type.String()),
  needs_handoff: Type.Boolean(),
  unread: Type.Boolean(),
  opt_out: Type.Boolean(),
  window_expires_at: Nullable(Time),
  takeover_expires_at: Nullable(Time),
  message_count: Type.Integer(),
  last_message_preview: Nullable(Type.String()),
  last_message_at: Nullable(Time),
  created_at: Time,
  updated_at: Time,
  closed_at: Nullable(Time),
  previous_conversation_id: Nullable(Id('conv')),
  metadata: Metadata,
};

const fullFields = {
  ...rowFields,
  ai_mode: Word(aiModes, { description: 'Who answers now.' }),
  mode_epoch: Type.Integer({ description: 'Counts the changes of `ai_mode`; send it as `If-Match`.' }),
  taken_over_by: Nullable(Id('usr', 'The user whose conversation it is while a person answers; null: nobody’s in particular.')),
  contact: Nullable(Contact),
};

const { ai_mode, mode_epoch, taken_over_by, contact } = fullFields;

export const ConversationRow = Type.Object(
  { ...rowFields, ...Type.Partial(Type.Object({ ai_mode, mode_epoch, taken_over_by, contact })).properties },
  {
    title: 'ConversationRow',
    description: 'A conversation as it stands in a list; `ai_mode`, `mode_epoch`, `taken_over_by` and `contact` only with `details`.',
  },
);
export type ConversationRow = Static<typeof ConversationRow>;

export const Conversation = Type.Object(fullFields, { title: 'Conversation' });
export type Conversation = Static<typeof Conversation>;

export const ConversationList = Type.Object(
  {
    conversations: Type.Array(ConversationRow),
    total: Type.Optional(Type.Integer({ description: 'How many the filters match; with `total` in the query.' })),
    next_page_token: NextPageToken,
  },
  { title: 'ConversationList' },
);

export const ConversationWithMessages = Type.Object(
  { ...fullFields, messages: Type.Array(Message, { description: 'Newest first.' }), next_page_token: NextPageToken },
  { title: 'ConversationWithMessages' },
);

const changeFields = {
  changed: Type.Boolean({
    description: 'false: the conversation was in that mode already; at most `taken_over_by` changed, which `conversation.updated` tells.',
  }),
  from_mode: Word(aiModes),
  to_mode: Word(aiModes),
  drained: Type.Boolean({ description: 'true: no AI message can reach the customer any more.' }),
  in_flight: Type.Array(Message, {
    description: 'AI messages that may still arrive: already handed to a provider, or (`unknown`, for a day) perhaps.',
  }),
};

export const ModeChange = Type.Object(
  { ...fullFields, ...changeFields },
  { title: 'ModeChange', description: 'The conversation after the change.' },
);
export type ModeChange = Static<typeof ModeChange>;

export const UpdatedConversation = Type.Object(
  {
    ...fullFields,
    changed: Type.Optional(changeFields.changed),
    from_mode: Type.Optional(changeFields.from_mode),
    to_mode: Type.Optional(changeFields.to_mode),
    drained: Type.Optional(changeFields.drained),
    in_flight: Type.Optional(changeFields.in_flight),
  },
  { title: 'UpdatedConversation', description: 'The conversation; with `ai_mode` in the request also what became of the mode.' },
);

export const CreatedConversation = Type.Object({ ...fullFields, message: Nullable(Message) }, { title: 'CreatedConversation' });

export const ListQuery = Type.Object(
  {
    ...Paging,
    agent_id: Type.Optional(Id('agt')),
    channel: Type.Optional(Word(channels)),
    ai_mode: Type.Optional(Word(aiModes)),
    status: Type.Optional(Word(conversationStatuses)),
    contact_id: Type.Optional(Id('ctc')),
    needs_handoff: Type.Optional(Type.Boolean()),
    unread: Type.Optional(Type.Boolean()),
    tag: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    updated_after: Type.Optional(Time),
    taken_over_by: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'The conversations of this user; `me`: of the user who asks (`Baton-User`).',
        examples: ['me', 'usr_01k9qg3v5e7h2m4n6p8r0s2t4v'],
      }),
    ),
    details: Type.Optional(
      Type.Boolean({ default: false, description: 'Rows with `ai_mode`, `mode_epoch`, `taken_over_by` and `contact`, for inboxes.' }),
    ),
    total: Type.Optional(Type.Boolean({ default: false, description: 'Also count what the filters match.' })),
  },
  { additionalProperties: false },
);

export const Tags = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 50 });

/** What a request may tell of the customer it is about. */
export const toldOfContact = {
  name: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
  phone: Type.Optional(Nullable(Type.String({ maxLength: 40 }))),
  email: Type.Optional(Nullable(Type.String({ maxLength: 320 }))),
  attributes: Type.Optional(Metadata),
};

export const CreateConversation = Type.Object(
  {
    agent_id: Id('agt'),
    channel: Word(channels, { examples: ['sms'] }),
    to: Type.Optional(Type.String({ maxLength: 320, description: "The customer's address.", examples: ['+14155550123'] })),
    from: Type.Optional(Type.String({ maxLength: 320, description: 'Ours; without it the oldest account of the agent on that channel.' })),
    contact: Type.Optional(Type.Object(toldOfContact, { title: 'NewContact', additionalProperties: false })),
    message: Type.Optional(
      Type.Object(
        { body: Type.Optional(Text), text: Type.Optional(Text), attachments: Type.Optional(Attachments) },
        { title: 'FirstMessage', additionalProperties: false },
      ),
    ),
    subject: Type.Optional(Nullable(Type.String({ maxLength: 500 }))),
    metadata: Type.Optional(Metadata),
  },
  { title: 'CreateConversation', additionalProperties: false },
);

export const UpdateConversation = Type.Object(
  {
    ai_mode: Type.Optional(Word(aiModes, { examples: ['human'] })),
    status: Type.Optional(Word(conversationStatuses)),
    subject: Type.Optional(Nullable(Type.String({ maxLength: 500 }))),
    tags: Type.Optional(Tags),
    needs_handoff: Type.Optional(Type.Boolean()),
    contact_name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    metadata: Type.Optional(Metadata),
    takeover_timeout_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_592_000,
        description: "With `human`: hand back after so long without a person's message; 0: never.",
      }),
    ),
    reason: Type.Optional(Type.String({ maxLength: 200, description: 'Kept in the mode history.' })),
  },
  { title: 'UpdateConversation', additionalProperties: false, minProperties: 1, examples: [{ ai_mode: 'human' }] },
);

export const ModeHistory = Type.Object(
  {
    history: Type.Array(
      Type.Object(
        {
          from_mode: Type.String(),
          to_mode: Type.String(),
          mode_epoch: Type.Integer(),
          actor_user_id: Nullable(Type.String()),
          actor_kind: Type.String({ description: '`user`, `api_key`, `ai`, `contact` or `system`.' }),
          reason: Type.String(),
          created_at: Time,
        },
        { title: 'ModeHistoryRow' },
      ),
    ),
    next_page_token: NextPageToken,
  },
  { title: 'ModeHistory' },
);

export const Usage = Type.Object(
  { model: Type.String(), input_tokens: Type.Integer(), output_tokens: Type.Integer() },
  { title: 'Usage', description: 'What the turn has cost, as the AI backend says.' },
);

/** What a backend said that no customer hears. */
export const shadowFields = {
  result: Word(['reply', 'silent', 'deferred', 'failed']),
  messages: Type.Array(Type.Object({ text: Type.String(), attachments: Attachments }, { title: 'ShadowMessage' })),
  handoff: Nullable(Type.Object({ reason: Type.String(), summary: Nullable(Type.String()) }, { title: 'ShadowHandoff' })),
  close: Type.Boolean(),
  error: Nullable(Type.String()),
  attempts: Type.Integer(),
  latency_ms: Type.Integer(),
  usage: Nullable(Usage),
};

const Shadow = Type.Object(shadowFields, {
  title: 'Shadow',
  description: 'What the agent’s shadow backend said to the same turn; never sent.',
});

export const Dispatch = Type.Object(
  {
    dispatch_id: Id('dsp'),
    message_ids: Type.Array(Id('msg')),
    outcome: Word(dispatchOutcomes),
    reason: Nullable(Type.String()),
    mode_epoch: Type.Integer(),
    attempts: Type.Integer(),
    latency_ms: Nullable(Type.Integer()),
    reply_message_ids: Type.Array(Id('msg')),
    suggestion: Type.Unknown({ description: 'The reply that came too late, as the AI backend gave it; else null.' }),
    error: Nullable(Type.String()),
    usage: Nullable(Usage),
    shadow: Nullable(Shadow),
    handoff: Nullable(
      Type.Object(
        { reason: Type.String(), summary: Nullable(Type.String()) },
        { title: 'DispatchHandoff', description: 'What the AI said when it asked for a person.' },
      ),
    ),
    created_at: Time,
    settled_at: Nullable(Time),
  },
  { title: 'Dispatch', description: 'Why the AI did or did not answer.' },
);

export const DispatchList = Type.Object({ dispatches: Type.Array(Dispatch), next_page_token: NextPageToken }, { title: 'DispatchList' });
