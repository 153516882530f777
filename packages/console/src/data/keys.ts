import type { Filter } from './filter.ts';

/** Names of what is kept of the API's answers. */
export const keys = {
  conversations: (filter: Filter) => ['conversations', filter] as const,
  allConversations: ['conversations'] as const,
  count: (filter: Filter) => ['count', filter] as const,
  allCounts: ['count'] as const,
  conversation: (id: string) => ['conversation', id] as const,
  messages: (id: string) => ['messages', id] as const,
  history: (id: string) => ['history', id] as const,
  dispatches: (id: string) => ['dispatches', id] as const,
  file: (messageId: string, index: number) => ['file', messageId, index] as const,
  notes: (id: string) => ['notes', id] as const,
  suggestions: (id: string) => ['suggestions', id] as const,
  takeover: (id: string) => ['takeover', id] as const,
  agents: ['agents'] as const,
  channels: ['channels'] as const,
  cannedReplies: ['canned-replies'] as const,
  tags: ['tags'] as const,
  users: ['users'] as const,
  operations: (minutes: number) => ['operations', minutes] as const,
  replays: ['replays'] as const,
  replayTurns: (id: string) => ['replay-turns', id] as const,
  search: (query: string) => ['search', query] as const,
  settings: (section: string) => ['settings', section] as const,
};
