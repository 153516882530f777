import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useApi } from '../session/session.tsx';
import { type Filter, queryOf } from './filter.ts';
import { keys } from './keys.ts';
import type { Conversation } from './types.ts';

/** The list of a filter, page by page. A row that rose while pages were loaded may stand on two: the first is the newer. */
export function useConversations(filter: Filter) {
  const api = useApi();
  const query = useInfiniteQuery({
    queryKey: keys.conversations(filter),
    queryFn: ({ pageParam }) =>
      api.listConversations({ query: { ...queryOf(filter), details: true, page_size: 50, ...(pageParam && { page_token: pageParam }) } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_page_token ?? undefined,
  });
  const rows = useMemo(() => {
    const unique = new Map<string, Conversation>();
    for (const page of query.data?.pages ?? [])
      for (const row of page.conversations) if (!unique.has(row.conversation_id)) unique.set(row.conversation_id, row as Conversation);
    return [...unique.values()];
  }, [query.data]);
  return { ...query, rows };
}
