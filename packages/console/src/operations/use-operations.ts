import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { keys } from '../data/keys.ts';
import { useApi } from '../session/session.tsx';

export const spans = [60, 360, 1440] as const;
export type Span = (typeof spans)[number];

// Figures of a server that is behind would not come over the stream: this page alone asks, while it is looked at.
const everyMs = 5000;

export function useOperations(minutes: Span) {
  const api = useApi();
  return useQuery({
    queryKey: keys.operations(minutes),
    queryFn: () => api.getOperations({ query: { minutes } }),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
    staleTime: 0,
  });
}
