import { type Static, Type } from 'typebox';
import { Id, NextPageToken, Nullable, Paging, Text, Time, Word } from './common.ts';
import { Tags } from './conversation.ts';

const Shortcut = Type.String({
  minLength: 1,
  maxLength: 50,
  description: 'What is typed to find it: letters, digits, `_`, `.` or `-`. Answered in lower case; one of a workspace.',
  examples: ['hours'],
});
const Title = Type.String({ minLength: 1, maxLength: 200, examples: ['Opening hours'] });
const Language = Nullable(Type.String({ maxLength: 40, description: 'A language tag.', examples: ['en', 'pt-BR'] }));

export const CannedReply = Type.Object(
  {
    canned_reply_id: Id('cnr'),
    shortcut: Shortcut,
    title: Title,
    text: Text,
    language: Language,
    tags: Type.Array(Type.String()),
    updated_by_kind: Type.String({ examples: ['user'] }),
    updated_by_id: Nullable(Type.String({ examples: ['usr_01k9qg3v5e7h2m4n6p8r0s2t4v'] })),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'CannedReply' },
);
export type CannedReply = Static<typeof CannedReply>;

export const CannedReplyList = Type.Object(
  { canned_replies: Type.Array(CannedReply), next_page_token: NextPageToken },
  { title: 'CannedReplyList' },
);

export const CannedReplyListQuery = Type.Object(
  {
    ...Paging,
    query: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'A part of shortcut, title or text, in any letter case.',
        examples: ['open'],
      }),
    ),
    language: Type.Optional(Type.String({ minLength: 1, maxLength: 40, examples: ['en'] })),
    tag: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  },
  { additionalProperties: false },
);

const example = { shortcut: 'hours', title: 'Opening hours', text: 'We are open from 12 to 22 o’clock.', language: 'en', tags: ['faq'] };

export const CreateCannedReply = Type.Object(
  { shortcut: Shortcut, title: Title, text: Text, language: Type.Optional(Language), tags: Type.Optional(Tags) },
  { title: 'CreateCannedReply', additionalProperties: false, examples: [example] },
);

export const UpdateCannedReply = Type.Object(
  {
    shortcut: Type.Optional(Shortcut),
    title: Type.Optional(Title),
    text: Type.Optional(Text),
    language: Type.Optional(Language),
    tags: Type.Optional(Tags),
  },
  { title: 'UpdateCannedReply', additionalProperties: false, minProperties: 1, examples: [{ text: 'We are open from 11 to 22 o’clock.' }] },
);

export const DeletedCannedReply = Type.Object({ canned_reply_id: Id('cnr'), deleted: Type.Boolean() }, { title: 'DeletedCannedReply' });

export const TagList = Type.Object(
  {
    tags: Type.Array(
      Type.Object(
        {
          name: Type.String({ examples: ['vip'] }),
          conversations: Type.Integer({ description: 'That have the tag, open and closed.' }),
        },
        { title: 'Tag' },
      ),
    ),
    next_page_token: NextPageToken,
  },
  { title: 'TagList' },
);

export const RenameTag = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, examples: ['regular'] }),
    merge: Type.Optional(Type.Boolean({ default: false, description: 'Whether `name` may be a tag that is in use: the two become one.' })),
  },
  { title: 'RenameTag', additionalProperties: false },
);

export const TagChange = Type.Object(
  {
    name: Type.String({ examples: ['vip'] }),
    becomes: Nullable(Type.String({ description: 'null: it is taken away.', examples: ['regular'] })),
    state: Word(['running', 'done'], { description: '`running`: some conversations still have the tag. Ask again.' }),
    conversations: Type.Integer({ description: 'Changed so far.' }),
    requested_at: Time,
    done_at: Nullable(Time),
  },
  { title: 'TagChange' },
);
export type TagChange = Static<typeof TagChange>;

const NoteText = Type.String({ minLength: 1, maxLength: 10_000, examples: ['Allergic to peanuts, her mother says.'] });

export const Note = Type.Object(
  {
    note_id: Id('note'),
    conversation_id: Id('conv'),
    text: NoteText,
    author_kind: Type.String({ description: '`user`, or `api_key` where the key named no user.', examples: ['user'] }),
    author_id: Nullable(Type.String({ examples: ['usr_01k9qg3v5e7h2m4n6p8r0s2t4v'] })),
    updated_by_kind: Type.String({ examples: ['user'] }),
    updated_by_id: Nullable(Type.String({ examples: ['usr_01k9qg3v5e7h2m4n6p8r0s2t4v'] })),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'Note', description: 'What people tell each other about a conversation.' },
);
export type Note = Static<typeof Note>;

export const NoteList = Type.Object({ notes: Type.Array(Note), next_page_token: NextPageToken }, { title: 'NoteList' });

export const CreateNote = Type.Object({ text: NoteText }, { title: 'CreateNote', additionalProperties: false });

export const UpdateNote = Type.Object({ text: NoteText }, { title: 'UpdateNote', additionalProperties: false });

export const DeletedNote = Type.Object({ note_id: Id('note'), deleted: Type.Boolean() }, { title: 'DeletedNote' });
