import { channels } from '@baton/contracts/vocabulary.ts';
import { type Static, Type } from 'typebox';
import { Id, Nullable, Time, Word } from './common.ts';
import { Conversation } from './conversation.ts';
import { Message } from './message.ts';

export const SearchQuery = Type.Object(
  {
    query: Type.String({ minLength: 1, maxLength: 200, description: 'Any part of a text.', examples: ['table for eight'] }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 10 })),
    channel: Type.Optional(Word(channels)),
    agent_id: Type.Optional(Id('agt')),
  },
  { additionalProperties: false },
);

export const SearchResult = Type.Object(
  {
    hits: Type.Array(Type.Object({ message: Message, conversation: Conversation }, { title: 'SearchHit' }), {
      description: 'Newest message first.',
    }),
    total: Type.Integer({ description: 'Exact up to 1,000.' }),
    total_is_exact: Type.Boolean({ description: 'false: there are more, or messages before `searched_since` were not looked at.' }),
    searched_since: Nullable({ ...Time, description: 'The oldest message that was looked at; null when all were.' } as typeof Time),
  },
  { title: 'SearchResult' },
);
export type SearchResult = Static<typeof SearchResult>;
