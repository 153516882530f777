import { conversationInvariants } from './invariants/all.ts';
import type { Query, Violation } from './invariants/invariant.ts';

/** All of them at once, so that each is judged by the same snapshot. */
const statement = conversationInvariants
  .map(({ name, sql }) => `select '${name}' as invariant, workspace_id, conversation_id, id, detail from (${sql}) as "${name}"`)
  .join('\nunion all\n');

export interface Bounds {
  /** What is older should have come to its end. `always`: everything; `never`: nothing. */
  settledBefore: Date | 'always' | 'never';
  /** By how much the clocks of two instances may disagree. */
  skewMs: number;
}

/** Every way in which the rows of these conversations contradict the invariants. */
export function judgeConversations(
  query: Query,
  conversationIds: readonly string[],
  { settledBefore, skewMs }: Bounds,
): Promise<Violation[]> {
  return query<Violation>(statement, [conversationIds, timestamp(settledBefore), skewMs]);
}

export function timestamp(moment: Bounds['settledBefore']): string {
  if (moment === 'always') return 'infinity';
  return moment === 'never' ? '-infinity' : moment.toISOString();
}
