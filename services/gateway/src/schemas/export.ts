import { Type } from 'typebox';
import { NextPageToken, Word } from './common.ts';
import { Conversation } from './conversation.ts';
import { Message } from './message.ts';

export const exportFormats = ['csv', 'json', 'ndjson'] as const;
export type ExportFormatName = (typeof exportFormats)[number];

export const ExportQuery = Type.Object(
  {
    format: Type.Optional(Word(exportFormats, { description: '`json` unless given.' })),
    include: Type.Optional(Word(['messages'], { description: 'Also the messages of each conversation, oldest first.' })),
    limit: Type.Optional(
      Type.String({
        pattern: '^(all|[1-9][0-9]{0,8})$',
        default: '10000',
        description: 'How many conversations at most, or `all`.',
        examples: ['all'],
      }),
    ),
    cursor: Type.Optional(
      Type.String({ maxLength: 2048, description: 'The last cursor that came, to go on behind it after the limit or after a break.' }),
    ),
    bom: Type.Optional(
      Type.Boolean({ default: true, description: 'CSV only: begin with a byte order mark, without which Excel misreads all but ASCII.' }),
    ),
  },
  { additionalProperties: false },
);

export const ExportedConversation = Type.Object(
  {
    ...Conversation.properties,
    messages: Type.Optional(Type.Array(Message)),
    cursor: Type.String({ description: 'An export with this cursor goes on behind this conversation.' }),
  },
  { title: 'ExportedConversation' },
);

export const ConversationExport = Type.Object(
  { conversations: Type.Array(ExportedConversation), next_cursor: NextPageToken },
  { title: 'ConversationExport' },
);
