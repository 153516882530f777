import type { Answer, ListId, Row } from '@baton/sdk/operations.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { keys } from '../data/keys.ts';
import { useApi } from '../session/session.tsx';

/** A list of the API, page by page. The settings are looked at seldom, so each visit asks anew. */
export function useRows<K extends ListId>(list: K, items: keyof Answer<K>, query: Record<string, unknown> = {}) {
  const api = useApi();
  const answer = useInfiniteQuery({
    queryKey: [...keys.settings(list), query],
    queryFn: ({ pageParam }) => {
      const call = api[list] as (input: object) => Promise<Answer<K>>;
      return call({ query: { ...query, page_size: 100, ...(pageParam && { page_token: pageParam }) } });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page as { next_page_token?: string | null }).next_page_token ?? undefined,
    staleTime: 0,
  });
  const rows = (answer.data?.pages.flatMap((page) => page[items] as Row<K>[]) ?? []) as Row<K>[];
  return { ...answer, rows };
}
