import { inWorkspaces } from '@baton/db/scope.ts';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Tables } from './tables.ts';

export type AuditRow = Selectable<Tables['access.audit']>;

/** Stores these rows, of whatever workspaces, in one statement; once it resolves they are on disk. */
export async function writeAudit(db: Kysely<Tables>, rows: AuditRow[]): Promise<void> {
  await sql`/* prepared */ select access.write_audit(${JSON.stringify(rows)}::json)`.execute(db);
}

export interface AuditFilter {
  /** A key, a user or a partner. */
  actorId?: string | undefined;
  operation?: string | undefined;
  targetId?: string | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
}

/** Newest first. `owner`: the workspace, or the partner for what is about none. */
export function listAudit(
  db: Kysely<Tables>,
  owner: string,
  o: { filter: AuditFilter; size: number; before: string },
): Promise<{ rows: AuditRow[]; next: string }> {
  const { actorId, operation, targetId, since, until } = o.filter;
  return inWorkspaces(db, [owner], async (trx) => {
    let query = trx
      .selectFrom('access.audit')
      .selectAll()
      .where('workspace_id', '=', owner)
      .orderBy('audit_id', 'desc')
      .limit(o.size + 1);
    if (o.before !== '') query = query.where('audit_id', '<', o.before);
    if (actorId !== undefined)
      query = query.where((eb) => eb.or([eb('api_key_id', '=', actorId), eb('user_id', '=', actorId), eb('partner_id', '=', actorId)]));
    if (operation !== undefined) query = query.where('operation', '=', operation);
    if (targetId !== undefined) query = query.where(sql<boolean>`target_ids @> array[${targetId}]`);
    if (since !== undefined) query = query.where('created_at', '>=', since);
    if (until !== undefined) query = query.where('created_at', '<', until);
    const found = await query.execute();
    const rows = found.slice(0, o.size);
    return { rows, next: found.length > o.size ? rows.at(-1)!.audit_id : '' };
  });
}

/** Forgets what is older; answers how many rows that were. */
export async function clearAudit(db: Kysely<Tables>, before: Date): Promise<number> {
  const { rows } = await sql<{ gone: number }>`select access.clear_audit(${before}) as gone`.execute(db);
  return rows[0]?.gone ?? 0;
}
