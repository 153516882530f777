import { useQuery } from '@tanstack/react-query';
import { useApi } from '../session/session.tsx';
import { keys } from './keys.ts';
import type { Agent, CannedReply, ChannelAccount } from './types.ts';

// More than any inbox offers to choose from.
const most = 250;

export function useAgents(): Agent[] {
  const api = useApi();
  const { data } = useQuery({ queryKey: keys.agents, queryFn: () => api.listAgents({ query: { page_size: most } }) });
  return data?.agents ?? [];
}

export function useChannelAccounts(): ChannelAccount[] {
  const api = useApi();
  const { data } = useQuery({ queryKey: keys.channels, queryFn: () => api.listChannels({ query: { page_size: most } }) });
  return data?.channels ?? [];
}

/** The simulated phones' accounts; none where there is no simulator. */
export function useSimulatorAccounts(): ChannelAccount[] {
  return useChannelAccounts().filter(({ provider, enabled }) => provider === 'simulator' && enabled);
}

export function useCannedReplies(): CannedReply[] {
  const api = useApi();
  const { data } = useQuery({ queryKey: keys.cannedReplies, queryFn: () => api.listCannedReplies({ query: { page_size: most } }) });
  return data?.canned_replies ?? [];
}

export function useTags(): string[] {
  const api = useApi();
  const { data } = useQuery({ queryKey: keys.tags, queryFn: () => api.listTags({ query: { page_size: most } }) });
  return data?.tags.map(({ name }) => name) ?? [];
}
