import type { Channel, Conversation } from './types.ts';

export const views = ['all', 'mine', 'handoff', 'unread', 'ai', 'human', 'closed'] as const;
export type View = (typeof views)[number];

/** What the list shows; it stands in the address, so that a view can be sent to a colleague. */
export interface Filter {
  view: View;
  channel?: Channel | undefined;
  agent?: string | undefined;
  tag?: string | undefined;
}

/** The same as a query of `GET /v1/conversations`. */
export function queryOf(filter: Filter) {
  return {
    ...(filter.view === 'mine' && { taken_over_by: 'me' }),
    ...(filter.view === 'handoff' && { needs_handoff: true }),
    ...(filter.view === 'unread' && { unread: true }),
    ...((filter.view === 'ai' || filter.view === 'human' || filter.view === 'closed') && { ai_mode: filter.view }),
    ...(filter.channel && { channel: filter.channel }),
    ...(filter.agent && { agent_id: filter.agent }),
    ...(filter.tag && { tag: filter.tag }),
  };
}

/**
 * Whether a conversation belongs into the list: what the server would answer (`listConversations`), for rows that change while they are shown. `me`: the user
 * who looks.
 */
export function matches(filter: Filter, row: Conversation, me: string | null): boolean {
  if (filter.view === 'mine' && (me === null || row.taken_over_by !== me)) return false;
  if (filter.view === 'handoff' && !row.needs_handoff) return false;
  if (filter.view === 'unread' && !row.unread) return false;
  if ((filter.view === 'ai' || filter.view === 'human' || filter.view === 'closed') && row.ai_mode !== filter.view) return false;
  if (filter.channel && row.channel !== filter.channel) return false;
  if (filter.agent && row.agent_id !== filter.agent) return false;
  return !filter.tag || row.tags.includes(filter.tag);
}
