import { conversationInvariants } from './invariants/all.ts';
import { installationInvariants } from './invariants/installation.ts';
import type { Invariant, Query, Violation } from './invariants/invariant.ts';

export interface Bounds {
  /** What is older should have come to its end. `always`: everything; `never`: nothing. */
  settledBefore: Date | 'always' | 'never';
  /** By how much the clocks of two instances may disagree. */
  skewMs: number;
}

/** All of them at once, so that each is judged by the same snapshot. */
function together(invariants: readonly Invariant[]): string {
  return invariants
    .map(({ name, sql }) => `select '${name}' as invariant, workspace_id, conversation_id, id, detail from (${sql}) as "${name}"`)
    .join('\nunion all\n');
}

const ofConversations = together(conversationInvariants);
// More than these would say nothing more.
const ofInstallation = `${together(installationInvariants)} limit 10000`;

/** Every way in which the rows of these conversations contradict the invariants. */
export function judgeConversations(query: Query, conversationIds: readonly string[], o: Bounds): Promise<Violation[]> {
  return query<Violation>(ofConversations, [conversationIds, timestamp(o.settledBefore), o.skewMs]);
}

/** The same of what is looked at as a whole. */
export function judgeInstallation(
  query: Query,
  o: { workspaceId: string | null; settledBefore: Bounds['settledBefore'] },
): Promise<Violation[]> {
  return query<Violation>(ofInstallation, [o.workspaceId, timestamp(o.settledBefore)]);
}

export function timestamp(moment: Bounds['settledBefore']): string {
  if (moment === 'always') return 'infinity';
  return moment === 'never' ? '-infinity' : moment.toISOString();
}
