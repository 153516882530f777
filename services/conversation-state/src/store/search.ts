import { readWorkspace } from '@baton/db/scope.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { sql, type Transaction } from 'kysely';
import type { MessageRow } from '../domain/rows.ts';
import { hasTrigrams } from '../domain/search/term.ts';
import { contactsOf } from './conversation-list.ts';
import { type ConversationView, optedOut } from './queries.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

/** Up to so many hits `total` is exact. */
export const countedHits = 1000;
/** A common term is looked for among so many of the newest messages before all its places are sorted. */
const recentMessages = 20_000;
/** A term too short for the index is looked for in so many of the newest messages: about half a second. */
export const scannedMessages = 250_000;
/**
 * For a text whose parts are common and it is not (each of 200,000 messages must be compared: over a second), or when the machine has too much to do:
 * then only so many of the newest are looked at.
 */
const recentMessagesInstead = 100_000;
/** Together less than the caller waits. */
const indexMs = 1500;
const scanMs = 3000;

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

/** Messages that hold `query`, newest first. Where the index does not answer in time, those among the newest: better than none, and the answer says so. */
export async function searchMessages(store: Store, workspaceId: string, o: Search): Promise<SearchResult> {
  const find = (way: Way) => readWorkspace(store.search, workspaceId, (trx) => findMessages(trx, o, way));
  if (!hasTrigrams(o.query)) return find({ indexed: false, scanned: scannedMessages, withinMs: scanMs }).catch(tooSlow);
  return find({ indexed: true, scanned: recentMessages, withinMs: indexMs }).catch((error: unknown) => {
    if (!isCancelled(error)) throw error;
    return find({ indexed: false, scanned: recentMessagesInstead, withinMs: scanMs }).catch(tooSlow);
  });
}

interface Way {
  indexed: boolean;
  scanned: number;
  withinMs: number;
}

async function findMessages(trx: Transaction<Tables>, o: Search, { indexed, scanned, withinMs }: Way): Promise<SearchResult> {
  await sql`select set_config('statement_timeout', ${String(withinMs)}, true)`.execute(trx);
  const { rows } = await sql<{ ids: string[]; total: number; oldest_scanned: string | null }>`
    select * from conversation.search_messages(${o.query}, ${indexed}, ${o.limit}, ${countedHits}, ${scanned}, ${o.channel ?? null}, ${o.agentId ?? null})`.execute(
    trx,
  );
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
}

/** query_canceled: what a statement time-out ends. */
const isCancelled = (error: unknown): boolean => (error as { code?: string }).code === '57014';

function tooSlow(error: unknown): never {
  if (!isCancelled(error)) throw error;
  throw new BatonError('timeout', 'The search took too long; look for a longer or rarer text.', { cause: error });
}
