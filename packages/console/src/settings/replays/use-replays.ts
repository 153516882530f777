import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { keys } from '../../data/keys.ts';
import type { Replay } from '../../data/types.ts';
import { useApi } from '../../session/session.tsx';

export const isRunning = ({ status }: Replay) => status === 'queued' || status === 'running';

// No event tells of a replay's progress: the page asks while one runs, and while it is looked at.
const everyMs = 2000;

export function useReplays() {
  const api = useApi();
  return useQuery({
    queryKey: keys.replays,
    queryFn: async () => (await api.listReplays({ query: { page_size: 100 } })).replays,
    refetchInterval: ({ state }) => (state.data?.some(isRunning) ? everyMs : false),
    staleTime: 0,
  });
}

export function useReplayTurns(replay: Replay) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: keys.replayTurns(replay.replay_id),
    queryFn: ({ pageParam }) =>
      api.listReplayTurns({
        path: { replay_id: replay.replay_id },
        query: { page_size: 25, ...(pageParam && { page_token: pageParam }) },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_page_token ?? undefined,
    refetchInterval: isRunning(replay) && everyMs,
    staleTime: 0,
  });
}
