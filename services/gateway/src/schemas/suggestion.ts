import { suggestionStatuses } from '@baton/contracts/vocabulary.ts';
import { type Static, Type } from 'typebox';
import { Attachment, Attachments, Id, NextPageToken, Nullable, Paging, Text, Time, Word } from './common.ts';

export const Suggestion = Type.Object(
  {
    suggestion_id: Id('dsp', 'The id of the dispatch.'),
    conversation_id: Id('conv'),
    agent_id: Id('agt'),
    reason: Type.String({
      description: 'Why it did not go out by itself: `approval_required`, `stale_epoch`, `opted_out` or `agent_disabled`.',
      examples: ['approval_required'],
    }),
    status: Word(suggestionStatuses),
    stale: Nullable(
      Word(['newer_message', 'mode_changed'], {
        description: 'Of an open one, why it may not fit any more: the customer has written, or a person has had the conversation since.',
      }),
    ),
    mode_epoch: Type.Integer(),
    message_ids: Type.Array(Id('msg'), { description: 'The customer’s messages that it answers.' }),
    messages: Type.Array(Type.Object({ text: Type.String(), attachments: Type.Array(Attachment) }, { title: 'SuggestedMessage' })),
    handoff: Nullable(Type.Object({ reason: Type.String(), summary: Nullable(Type.String()) }, { title: 'SuggestedHandoff' })),
    sent_message_ids: Type.Array(Id('msg'), { description: 'The messages that it became.' }),
    edited: Type.Boolean({ description: 'Something else was sent.' }),
    settled_by: Nullable(Type.Object({ kind: Type.String(), id: Type.String() }, { title: 'SettledBy' })),
    created_at: Time,
    settled_at: Nullable(Time),
  },
  { title: 'Suggestion', description: 'A reply of an AI that did not go out by itself, for a person to send or drop.' },
);
export type Suggestion = Static<typeof Suggestion>;

export const SuggestionList = Type.Object(
  { suggestions: Type.Array(Suggestion), next_page_token: NextPageToken },
  { title: 'SuggestionList' },
);

const status = Type.Optional(Word(suggestionStatuses, { description: 'Default: `open`.' }));

export const SuggestionQuery = Type.Object({ ...Paging, status, agent_id: Type.Optional(Id('agt')) }, { additionalProperties: false });

export const ConversationSuggestionQuery = Type.Object({ ...Paging, status }, { additionalProperties: false });

export const SendSuggestion = Type.Object(
  {
    body: Type.Optional(Text),
    text: Type.Optional(Text),
    attachments: Type.Optional(Attachments),
    sender_name: Type.Optional(
      Nullable(Type.String({ maxLength: 200, description: 'Where a person has the conversation; default: the user in `Baton-User`.' })),
    ),
    allow_stale: Type.Optional(Type.Boolean({ default: false, description: 'Send it although it may not fit any more.' })),
  },
  {
    title: 'SendSuggestion',
    additionalProperties: false,
    description: 'Nothing, to send what was suggested; else what to send instead of all of it.',
    examples: [{ text: 'We are open until ten tonight.' }],
  },
);
