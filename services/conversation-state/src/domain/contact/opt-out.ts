import type { Actor } from '../change-mode.ts';
import type { Ledger } from '../ledger.ts';
import type { ErasedOptOutRow } from '../rows.ts';

interface OptOutFact {
  workspace_id: string;
  agent_id: string;
  address: string;
  /** The customer's word, or what else it came by. */
  keyword: string;
  actor: Actor;
}

/** From this commit on the agent may not write to the address. */
export function recordOptOut(ledger: Ledger, fact: OptOutFact): void {
  const { workspace_id, agent_id, address, keyword } = fact;
  ledger.optOut({ workspace_id, agent_id, address, keyword, created_at: ledger.now });
  remember(ledger, 'opt_out', fact);
}

/** The address may be written to again. */
export function recordOptIn(ledger: Ledger, fact: OptOutFact): void {
  ledger.optIn({ agent_id: fact.agent_id, address: fact.address });
  remember(ledger, 'opt_in', fact);
}

/** An opt-out that outlived the erasure of its address, which is known again: it counts as before. */
export function reviveOptOut(ledger: Ledger, { address, address_hash, ...erased }: ErasedOptOutRow & { address: string }): void {
  ledger.optOut({ ...erased, address });
  ledger.also.erasedOptOutsGone.push({ agent_id: erased.agent_id, address_hash });
}

function remember(ledger: Ledger, action: 'opt_out' | 'opt_in', { actor, ...fact }: OptOutFact): void {
  ledger.also.optOutHistory.push({ ...fact, action, actor_kind: actor.kind, actor_id: actor.id, created_at: ledger.now });
}
