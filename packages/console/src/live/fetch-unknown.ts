import type { QueryClient } from '@tanstack/react-query';
import type { Filter } from '../data/filter.ts';
import { keys } from '../data/keys.ts';
import type { Conversation } from '../data/types.ts';
import type { Api } from '../session/client.ts';
import { type ConversationPages, insert } from './apply-to-list.ts';

/** Above this many at once the lists are asked for anew instead. */
const mostAtOnce = 15;

interface About {
  api: Api;
  client: QueryClient;
  /** The user who looks. */
  me: string | null;
}

/** Puts conversations that became active, but stand in no loaded page, into the lists they belong to. */
export async function fetchUnknown({ api, client, me }: About, ids: ReadonlySet<string>): Promise<void> {
  if (ids.size > mostAtOnce) {
    await client.invalidateQueries({ queryKey: keys.allConversations });
    return;
  }
  const rows = await Promise.all([...ids].map((conversation_id) => conversationRow(api, conversation_id)));
  for (const row of rows) {
    if (!row) continue;
    for (const [key, data] of client.getQueriesData<ConversationPages>({ queryKey: keys.allConversations }))
      if (data) client.setQueryData(key, insert(data, row, { filter: key[1] as Filter, me }));
  }
}

async function conversationRow(api: Api, conversation_id: string): Promise<Conversation | undefined> {
  try {
    const { messages: _m, next_page_token: _n, ...row } = await api.getConversation({ path: { conversation_id }, query: { page_size: 1 } });
    return row;
  } catch {
    // Gone since, or unreachable: the next event or the next look at the list brings it.
    return undefined;
  }
}
