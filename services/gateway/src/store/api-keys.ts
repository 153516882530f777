import { type Kysely, sql } from 'kysely';
import type { Scope } from '../domain/api-key.ts';
import type { Tables } from './tables.ts';

export interface ApiKey {
  keyId: string;
  keyHash: Buffer;
  /** undefined for a partner key. */
  workspaceId: string | undefined;
  /** undefined for a workspace's key. */
  partnerId: string | undefined;
  scopes: Scope[];
}

/** The valid key with this hash, or undefined: unknown, revoked and expired look the same. */
export async function findKey(db: Kysely<Tables>, hash: Buffer): Promise<ApiKey | undefined> {
  const { rows } = await sql<{
    key_id: string;
    workspace_id: string | null;
    partner_id: string | null;
    scopes: Scope[];
  }>`/* prepared */ select key_id, workspace_id, partner_id, scopes from access.find_key(${hash})
    where revoked_at is null and (expires_at is null or expires_at > now())`.execute(db);
  const row = rows[0];
  if (!row) return undefined;
  return {
    keyId: row.key_id,
    keyHash: hash,
    workspaceId: row.workspace_id ?? undefined,
    partnerId: row.partner_id ?? undefined,
    scopes: row.scopes,
  };
}

/** Notes that these keys were used at `at`. */
export async function touchKeys(db: Kysely<Tables>, keyIds: string[], at: Date): Promise<void> {
  await sql`select access.touch_keys(${keyIds}, ${at})`.execute(db);
}
