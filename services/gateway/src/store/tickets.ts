import { inWorkspaces } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

export async function insertTicket(
  db: Kysely<Tables>,
  ticket: { hash: Buffer; workspaceId: string; keyHash: Buffer; expiresAt: Date },
): Promise<void> {
  await inWorkspaces(db, [ticket.workspaceId], (trx) =>
    trx
      .insertInto('access.stream_tickets')
      .values({
        ticket_hash: ticket.hash,
        workspace_id: ticket.workspaceId,
        key_hash: ticket.keyHash,
        expires_at: ticket.expiresAt,
      })
      .execute(),
  );
}

/** Uses the ticket up. Answers the workspace and the key it was made with, or undefined when it is unknown, used or too old. */
export async function redeemTicket(db: Kysely<Tables>, hash: Buffer): Promise<{ workspaceId: string; keyHash: Buffer } | undefined> {
  const { rows } = await sql<{
    workspace_id: string;
    key_hash: Buffer;
  }>`select workspace_id, key_hash from access.redeem_ticket(${hash})`.execute(db);
  return rows[0] && { workspaceId: rows[0].workspace_id, keyHash: rows[0].key_hash };
}
