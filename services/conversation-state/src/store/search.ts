import { readWorkspace } from '@baton/db/scope.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { sql } from 'kysely';
import type { MessageRow } from '../domain/rows.ts';
import { hasTrigrams } from '../domain/search/term.ts';
import { contactsOf } from './conversation-list.ts';
import { type ConversationView, optedOut } from './queries.ts';
import type { Store } from './store.ts';

/** Up to so many hits `total` is exact. */
export const countedHits = 1000;
/** A common term is looked for among so many of the newest messages before all its places are sorted. */
const recentMessages = 20_000;
/** A term too short for the index is looked for in so many of the newest messages: about half a second. */
export const scannedMessages = 250_000;

export interface Search {
  query: string;
  limit: number;
  channel?: string;
  agentId?: string;
}

export interface SearchResult {
  hits: { message: MessageRow; conversation: ConversationView }[];
  total: number;
  totalIsExact: boolean;
  /** The oldest message that was looked at; undefined when all were. */
  searchedSince: Date | undefined;
}

/** Messages that hold `query`, newest first. */
export function searchMessages(store: Store, workspaceId: string, o: Search): Promise<SearchResult> {
  return readWorkspace(store.search, workspaceId, async (trx) => {
    const indexed = hasTrigrams(o.query);
    const scanned = indexed ? recentMessages : scannedMessages;
    const call = sql<{ ids: string[]; total: number; oldest_scanned: string | null }>`
      select * from conversation.search_messages(${o.query}, ${indexed}, ${o.limit}, ${countedHits}, ${scanned}, ${o.channel ?? null}, ${o.agentId ?? null})`;
    const { rows } = await call.execute(trx).catch(tooSlow);
    const { ids, total, oldest_scanned } = rows[0]!;
    const messages = await trx
      .selectFrom('conversation.message')
      .selectAll()
      .where('message_id', 'in', [...ids, oldest_scanned ?? ''])
      .orderBy('message_id', 'desc')
      .execute();
    const found = messages.filter((message) => message.message_id !== oldest_scanned || ids.includes(message.message_id));
    const conversations = await trx
      .selectFrom('conversation.conversation as c')
      .selectAll('c')
      .select(optedOut.as('opted_out'))
      .where('c.conversation_id', 'in', ['', ...found.map((message) => message.conversation_id)])
      .execute();
    const contacts = await contactsOf(trx, conversations);
    const views = new Map(
      conversations.map(({ opted_out, ...row }) => [
        row.conversation_id,
        { row, optedOut: opted_out, contact: contacts.get(row.contact_id) },
      ]),
    );
    return {
      hits: found.map((message) => ({ message, conversation: views.get(message.conversation_id)! })),
      total: Math.min(total, countedHits),
      totalIsExact: total <= countedHits && oldest_scanned === null,
      searchedSince: messages.find((message) => message.message_id === oldest_scanned)?.created_at,
    };
  });
}

/** query_canceled: what the statement time-out of the pool ends. */
function tooSlow(error: unknown): never {
  if ((error as { code?: string }).code !== '57014') throw error;
  throw new BatonError('timeout', 'The search took too long; look for a longer or rarer text.', { cause: error });
}
