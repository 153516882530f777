import type { BatonEvent } from '@baton/sdk/gen/events.ts';
import type { QueryClient } from '@tanstack/react-query';
import type { Filter } from '../data/filter.ts';
import { keys } from '../data/keys.ts';
import type { Conversation, Dispatch } from '../data/types.ts';
import { applyToDispatches } from './apply-to-dispatches.ts';
import { applyToList, type ConversationPages } from './apply-to-list.ts';
import { applyToMessages, type MessagePages } from './apply-to-messages.ts';
import { applyToRow } from './apply-to-row.ts';

/** Writes events into everything that is kept. Answers the conversations that lists do not know. */
export function updateCache(
  client: QueryClient,
  events: readonly BatonEvent[],
  about: { openId: string | undefined; me: string | null },
): Set<string> {
  const unknown = new Set<string>();
  for (const query of client.getQueryCache().findAll({ queryKey: keys.allConversations })) {
    const data = query.state.data as ConversationPages | undefined;
    if (!data) continue;
    const applied = applyToList(data, events, { ...about, filter: query.queryKey[1] as Filter });
    if (applied.data !== data) client.setQueryData(query.queryKey, applied.data);
    // A list that nobody looks at is asked for anew when somebody does.
    if (query.isActive()) for (const id of applied.unknown) unknown.add(id);
    else if (applied.unknown.size > 0) query.invalidate();
  }
  for (const [id, own] of byConversation(events)) updateConversation(client, id, own);
  return unknown;
}

function updateConversation(client: QueryClient, id: string, events: readonly BatonEvent[]): void {
  const conversation = client.getQueryData<Conversation>(keys.conversation(id));
  if (conversation) client.setQueryData(keys.conversation(id), events.reduce(applyToRow, conversation));
  const messages = client.getQueryData<MessagePages>(keys.messages(id));
  if (messages) client.setQueryData(keys.messages(id), applyToMessages(messages, events));
  const dispatches = client.getQueryData<readonly Dispatch[]>(keys.dispatches(id));
  if (dispatches) client.setQueryData(keys.dispatches(id), events.reduce(applyToDispatches, dispatches));
  // No event carries a suggestion: one begins with the turn's end, and gets out of date by what the customer or a person does.
  if (events.some(mayChangeSuggestions)) void client.invalidateQueries({ queryKey: keys.suggestions(id) });
  // The event tells Baton's own hand-offs as well (an AI that failed), the turn only what its AI has said.
  if (events.some(({ event_type }) => event_type === 'conversation.handoff_requested'))
    void client.invalidateQueries({ queryKey: keys.dispatches(id) });
  if (events.some(({ event_type }) => event_type === 'conversation.note_changed'))
    void client.invalidateQueries({ queryKey: keys.notes(id) });
  if (events.some(({ event_type }) => event_type === 'conversation.mode_changed')) {
    void client.invalidateQueries({ queryKey: keys.history(id) });
    void client.invalidateQueries({ queryKey: keys.conversation(id) });
  }
}

function mayChangeSuggestions({ event_type }: BatonEvent): boolean {
  return event_type.startsWith('dispatch.') || event_type === 'message.received' || event_type === 'conversation.mode_changed';
}

function byConversation(events: readonly BatonEvent[]): Map<string, BatonEvent[]> {
  const groups = new Map<string, BatonEvent[]>();
  for (const event of events) {
    if (event.conversation_id === null) continue;
    const group = groups.get(event.conversation_id);
    if (group) group.push(event);
    else groups.set(event.conversation_id, [event]);
  }
  return groups;
}
