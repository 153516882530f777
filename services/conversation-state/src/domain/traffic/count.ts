import type { Changes } from '../changes.ts';
import type { DispatchRow, MessageRow } from '../rows.ts';
import { latencyClass } from './latency.ts';

/** What one commit means for the figures: plain counts, and the last of each account. */
export interface Counter {
  add(workspaceId: string, what: string): void;
  account(at: { workspace_id: string; channel_account_id: string }, seen: AccountSeen): void;
}

export interface AccountSeen {
  received?: Date;
  sent?: Date;
  failed?: { code: string; at: Date };
}

/** `turn <outcome>`, `turn suppressed <reason>` and `took <class>` beside `received`, `sent` and `failed`. */
export function countChanges(changes: Changes, now: Date, counter: Counter): void {
  for (const message of changes.messages) countMessage(message, undefined, { now, counter });
  for (const { row, seen, changed } of changes.messageUpdates) if (changed.includes('status')) countMessage(row, seen, { now, counter });
  for (const dispatch of changes.dispatches) if (dispatch.settled_at) countTurn(dispatch, counter);
  for (const { row, seen } of changes.dispatchUpdates) if (row.settled_at && !seen.settled_at) countTurn(row, counter);
}

function countMessage(row: MessageRow, seen: MessageRow | undefined, { now, counter }: { now: Date; counter: Counter }): void {
  if (row.direction === 'inbound') {
    counter.add(row.workspace_id, 'received');
    counter.account(row, { received: now });
    return;
  }
  if (row.sent_at && !seen?.sent_at) {
    counter.add(row.workspace_id, 'sent');
    counter.account(row, { sent: now });
  }
  if (row.status !== 'failed' || seen?.status === 'failed') return;
  counter.add(row.workspace_id, 'failed');
  // The code alone: providers name numbers and people in their words.
  counter.account(row, { failed: { code: row.error_code ?? 'provider_error', at: now } });
}

function countTurn(row: DispatchRow, counter: Counter): void {
  counter.add(row.workspace_id, row.outcome === 'suppressed' ? `turn suppressed ${row.reason}` : `turn ${row.outcome}`);
  if (row.latency_ms !== null) counter.add(row.workspace_id, `took ${latencyClass(row.latency_ms)}`);
}
