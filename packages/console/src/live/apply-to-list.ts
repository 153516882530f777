import type { BatonEvent } from '@baton/sdk/gen/events.ts';
import type { InfiniteData } from '@tanstack/react-query';
import { type Filter, matches } from '../data/filter.ts';
import type { Conversation, ConversationPage } from '../data/types.ts';
import { applyToRow, isActivity, mayBringIn } from './apply-to-row.ts';

export type ConversationPages = InfiniteData<ConversationPage, string | undefined>;

interface Applied {
  data: ConversationPages;
  /** Conversations that the list does not hold and that may belong to it now. */
  unknown: Set<string>;
}

/**
 * The list after some events, in their order. What no longer matches leaves it, but for the conversation that is open: it must not vanish from under the
 * eyes of the one who works on it.
 */
export function applyToList(
  data: ConversationPages,
  events: readonly BatonEvent[],
  about: { filter: Filter; me: string | null; openId?: string | undefined },
): Applied {
  const rows = new Map<string, Conversation>();
  for (const page of data.pages) for (const row of page.conversations) rows.set(row.conversation_id, row as Conversation);
  const unknown = new Set<string>();
  const changed = new Map<string, Conversation>();
  const risen = new Set<string>();
  for (const event of events) {
    const id = event.conversation_id;
    if (id === null) continue;
    const row = changed.get(id) ?? rows.get(id);
    if (!row) {
      if (mayBringIn(event)) unknown.add(id);
      continue;
    }
    const next = applyToRow(row, event);
    if (next !== row) changed.set(id, next);
    if (isActivity(event)) {
      // The latest comes first, so one that rose before rises again.
      risen.delete(id);
      risen.add(id);
    }
  }
  if (changed.size === 0 && risen.size === 0) return { data, unknown };
  const stays = (row: Conversation) => row.conversation_id === about.openId || matches(about.filter, row, about.me);
  const top = [...risen].reverse().map((id) => changed.get(id) ?? rows.get(id)!);
  const pages = data.pages.map((page, index) => {
    const rest = page.conversations.filter((row) => !risen.has(row.conversation_id)).map((row) => changed.get(row.conversation_id) ?? row);
    const all = (index === 0 ? [...top, ...rest] : rest) as Conversation[];
    return { ...page, conversations: all.filter(stays) };
  });
  return { data: { ...data, pages }, unknown };
}

/** With a conversation that was fetched since it was not in the list. */
export function insert(data: ConversationPages, row: Conversation, about: { filter: Filter; me: string | null }): ConversationPages {
  if (!matches(about.filter, row, about.me)) return data;
  const [first, ...rest] = data.pages;
  if (!first) return data;
  const without = (page: ConversationPage) => page.conversations.filter(({ conversation_id }) => conversation_id !== row.conversation_id);
  const at = Date.parse(row.last_message_at ?? row.created_at);
  const others = without(first);
  const place = others.findIndex((other) => Date.parse(other.last_message_at ?? other.created_at) <= at);
  const conversations = place === -1 ? [...others, row] : [...others.slice(0, place), row, ...others.slice(place)];
  return { ...data, pages: [{ ...first, conversations }, ...rest.map((page) => ({ ...page, conversations: without(page) }))] };
}
