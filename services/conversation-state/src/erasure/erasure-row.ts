/** How far an erasure has come. `settling`: done but for the providers' message ids, which must still recognise repeats for a while. */
export interface ErasureRow {
  contact_id: string;
  workspace_id: string;
  state: 'running' | 'settling' | 'done';
  step: ErasureStep;
  place: ErasurePlace;
  addresses: string[];
  conversations: number;
  messages: number;
  actor_kind: string;
  actor_id: string;
  requested_at: Date;
  due_at: Date | null;
  erased_at: Date | null;
}

export const erasureSteps = ['messages', 'events', 'stream', 'commands', 'dead_letters', 'provider_ids'] as const;
export type ErasureStep = (typeof erasureSteps)[number];

/** Where a step goes on: in a conversation, at a position of the event log, behind a command or dead letter. */
export interface ErasurePlace {
  conversation?: string;
  sequence?: number;
  position?: number;
  after?: string;
}

/** Providers repeat a message for up to 7 days: so long its id must be known, or the repeat would bring back what was erased. */
export const repeatsDays = 8;
