import { inWorkspaces } from '@baton/db/scope.ts';
import type { Sealed } from '@baton/runtime/secret-box.ts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

export interface IdempotencyKey {
  workspaceId: string;
  keyId: string;
  idempotencyKey: string;
}

/** `run`: the request is ours to run, with this command id. The others say what is known of the request that came first. */
export type Claim =
  | { kind: 'run'; commandId: string }
  | { kind: 'running' }
  | { kind: 'mismatch' }
  | { kind: 'answered'; status: number; answer: Sealed };

interface ClaimRequest extends IdempotencyKey {
  requestHash: Buffer;
  /** For a request that comes first; one that takes over from a crashed one gets the id of that. */
  commandId: string;
  leaseId: string;
  leaseMs: number;
  keepMs: number;
}

/**
 * Claims a request, in one statement. A row that is older than its time is as good as gone; a running one whose lease has ended
 * belongs to a process that died, and is taken over with its command id, so that what that process may have caused is not caused again.
 */
export function claim(db: Kysely<Tables>, r: ClaimRequest): Promise<Claim> {
  return inWorkspaces(db, [r.workspaceId], async (trx) => {
    const { rows } = await sql<{
      lease_id: string;
      command_id: string;
      same: boolean;
      status: number | null;
      answer: Sealed | null;
    }>`/* prepared */
      insert into access.idempotency as i
        (workspace_id, key_id, idempotency_key, request_hash, command_id, lease_id, leased_until, expires_at)
      values (${r.workspaceId}, ${r.keyId}, ${r.idempotencyKey}, ${r.requestHash}, ${r.commandId}, ${r.leaseId},
        now() + ${r.leaseMs}::int * interval '1 millisecond', now() + ${r.keepMs}::int * interval '1 millisecond')
      on conflict (workspace_id, key_id, idempotency_key) do update set
        request_hash = case when i.expires_at <= now() then excluded.request_hash else i.request_hash end,
        command_id = case when i.expires_at <= now() then excluded.command_id else i.command_id end,
        status = case when i.expires_at <= now() then null else i.status end,
        answer = case when i.expires_at <= now() then null else i.answer end,
        lease_id = case when i.expires_at <= now()
          or (i.status is null and i.leased_until <= now() and i.request_hash = excluded.request_hash) then excluded.lease_id else i.lease_id end,
        leased_until = case when i.expires_at <= now()
          or (i.status is null and i.leased_until <= now() and i.request_hash = excluded.request_hash) then excluded.leased_until else i.leased_until end,
        expires_at = case when i.expires_at <= now() then excluded.expires_at else i.expires_at end
      returning lease_id, command_id, request_hash = ${r.requestHash} as same, status, answer`.execute(trx);
    const row = rows[0]!;
    if (row.lease_id === r.leaseId) return { kind: 'run', commandId: row.command_id };
    if (!row.same) return { kind: 'mismatch' };
    if (row.status === null || row.answer === null) return { kind: 'running' };
    return { kind: 'answered', status: row.status, answer: row.answer };
  });
}

/** Keeps the answer. Does nothing when the lease was lost meanwhile: then the other's answer counts. */
export async function complete(
  db: Kysely<Tables>,
  key: IdempotencyKey & { leaseId: string },
  given: { status: number; answer: Sealed },
): Promise<void> {
  await inWorkspaces(db, [key.workspaceId], (trx) =>
    mine(trx.updateTable('access.idempotency').set({ status: given.status, answer: JSON.stringify(given.answer) }), key).execute(),
  );
}

/** Gives the lease up without an answer (nothing is known of the outcome): the next request of this key runs at once, under the same command id. */
export async function release(db: Kysely<Tables>, key: IdempotencyKey & { leaseId: string }): Promise<void> {
  await inWorkspaces(db, [key.workspaceId], (trx) =>
    mine(trx.updateTable('access.idempotency').set({ leased_until: sql`now()` }), key).execute(),
  );
}

function mine<Q extends { where(column: 'workspace_id' | 'key_id' | 'idempotency_key' | 'lease_id', op: '=', value: string): Q }>(
  query: Q,
  key: IdempotencyKey & { leaseId: string },
): Q {
  return query
    .where('workspace_id', '=', key.workspaceId)
    .where('key_id', '=', key.keyId)
    .where('idempotency_key', '=', key.idempotencyKey)
    .where('lease_id', '=', key.leaseId);
}

/** Clears away answers and tickets whose time is over. */
export async function clearExpired(db: Kysely<Tables>): Promise<void> {
  await sql`select access.clear_expired()`.execute(db);
}
