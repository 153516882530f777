import { type Kysely, sql, type Transaction } from 'kysely';

/** The setting that row-level security reads. Throws on an id with a comma in it, which would be two workspaces there. */
export function workspaceList(workspaceIds: Iterable<string>): string {
  const ids = [...new Set(workspaceIds)];
  for (const id of ids) if (id.includes(',')) throw new Error('A workspace id with a comma would be two workspaces.');
  return ids.join(',');
}

/**
 * Runs `work` in one transaction that can see and write only rows of these workspaces: row-level security enforces it,
 * whatever the statements say. Several are given where a batch serves several tenants at once.
 */
export function inWorkspaces<DB, T>(
  db: Kysely<DB>,
  workspaceIds: Iterable<string>,
  work: (trx: Transaction<DB>) => Promise<T>,
): Promise<T> {
  return db.transaction().execute(async (trx) => {
    await sql`select set_config('app.workspaces', ${workspaceList(workspaceIds)}, true)`.execute(trx);
    return work(trx);
  });
}

/** The same for reading alone: everything `work` reads is of one moment, however many statements it takes. */
export function readWorkspace<DB, T>(db: Kysely<DB>, workspaceId: string, work: (trx: Transaction<DB>) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      await sql`select set_config('app.workspaces', ${workspaceList([workspaceId])}, true)`.execute(trx);
      return work(trx);
    });
}

/**
 * The policy of a table that carries `workspace_id`. The subselect is evaluated once per statement; a missing or empty setting matches nothing
 * (a cast of '' would fail on a fresh connection instead). It is written so that no index can serve it: otherwise the planner looks rows up by tenant
 * rather than by the key they were asked for.
 */
export const workspacePolicy = `array_position((select string_to_array(current_setting('app.workspaces', true), ',')), workspace_id) is not null`;

/** Statements that put a table under forced row-level security. */
export function secureTable(table: string): string[] {
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy workspace on ${table} using (${workspacePolicy}) with check (${workspacePolicy})`,
  ];
}
