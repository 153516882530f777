import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useApi } from '../session/session.tsx';
import { keys } from './keys.ts';
import type { Conversation, Message } from './types.ts';

/** The conversation itself, without its messages. */
export function useConversation(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: keys.conversation(id),
    queryFn: async (): Promise<Conversation> => {
      const answer = await api.getConversation({ path: { conversation_id: id }, query: { page_size: 1 } });
      const { messages: _m, next_page_token: _n, ...conversation } = answer;
      return conversation;
    },
  });
}

/** Its messages, newest first, page by page into the past. */
export function useMessages(id: string) {
  const api = useApi();
  const query = useInfiniteQuery({
    queryKey: keys.messages(id),
    queryFn: ({ pageParam }) =>
      api.listMessages({ path: { conversation_id: id }, query: { page_size: 50, ...(pageParam && { page_token: pageParam }) } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_page_token ?? undefined,
  });
  const messages = useMemo((): Message[] => query.data?.pages.flatMap((page) => page.messages) ?? [], [query.data]);
  return { ...query, messages };
}

export function useModeHistory(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: keys.history(id),
    queryFn: async () => (await api.listModeHistory({ path: { conversation_id: id }, query: { page_size: 250 } })).history,
  });
}

export function useDispatches(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: keys.dispatches(id),
    queryFn: async () => (await api.listDispatches({ path: { conversation_id: id }, query: { page_size: 250 } })).dispatches,
  });
}
