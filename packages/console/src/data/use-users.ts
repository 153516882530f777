import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useApi } from '../session/session.tsx';
import { keys } from './keys.ts';

/** The names of the people of the workspace, by id; empty for who may not list them. */
export function useUserNames(): ReadonlyMap<string, string> {
  const api = useApi();
  const { data } = useQuery({
    queryKey: keys.users,
    queryFn: () => api.listUsers({ query: { page_size: 250 } }),
    // Every row of the list asks; who was refused once is not asked again by each that comes into sight.
    retryOnMount: false,
  });
  return useMemo(() => new Map(data?.users.map(({ user_id, display_name }) => [user_id, display_name])), [data]);
}
