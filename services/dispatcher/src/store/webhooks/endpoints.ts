import { inWorkspaces, readWorkspace } from '@baton/db/scope.ts';
import { type Insertable, type Kysely, type Selectable, sql, type UpdateObject } from 'kysely';
import type { EndpointTable, Tables } from '../tables.ts';

export type EndpointRow = Selectable<EndpointTable>;
export type EndpointChange = UpdateObject<Tables, 'delivery.endpoint'>;

/** Every endpoint of every workspace: what fan-out and workers keep in memory. */
export async function allEndpoints(db: Kysely<Tables>): Promise<EndpointRow[]> {
  const { rows } = await sql<EndpointRow>`select * from delivery.all_endpoints()`.execute(db);
  return rows;
}

/**
 * Stores it, or finds the one that the same command made before. undefined: the workspace already has `most`; two that ask at the same moment are
 * counted one after the other.
 */
export function insertEndpoint(db: Kysely<Tables>, row: Insertable<EndpointTable>, most: number): Promise<EndpointRow | undefined> {
  return inWorkspaces(db, [row.workspace_id], async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('webhook endpoints of ' || ${row.workspace_id}, 0))`.execute(trx);
    const mine = trx.selectFrom('delivery.endpoint').where('workspace_id', '=', row.workspace_id);
    const again = await mine
      .selectAll()
      .where('created_by_command', '=', row.created_by_command ?? null)
      .executeTakeFirst();
    if (again) return again;
    const { count } = await mine
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('deleted_at', 'is', null)
      .executeTakeFirstOrThrow();
    if (count >= most) return undefined;
    return trx.insertInto('delivery.endpoint').values(row).returningAll().executeTakeFirstOrThrow();
  });
}

export function findEndpoint(db: Kysely<Tables>, workspaceId: string, endpointId: string): Promise<EndpointRow | undefined> {
  return readWorkspace(db, workspaceId, (trx) =>
    trx
      .selectFrom('delivery.endpoint')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('endpoint_id', '=', endpointId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst(),
  );
}

/** Newest first; `before`: the id after which the page begins. */
export function listEndpoints(
  db: Kysely<Tables>,
  o: { workspaceId: string; before: string | undefined; limit: number },
): Promise<EndpointRow[]> {
  return readWorkspace(db, o.workspaceId, (trx) => {
    const all = trx.selectFrom('delivery.endpoint').selectAll().where('workspace_id', '=', o.workspaceId).where('deleted_at', 'is', null);
    const page = o.before === undefined ? all : all.where('endpoint_id', '<', o.before);
    return page.orderBy('endpoint_id', 'desc').limit(o.limit).execute();
  });
}

/** Changes it under its lock; `change` sees what stands, and answers the columns to set. undefined: there is no such endpoint. */
export function changeEndpoint(
  db: Kysely<Tables>,
  at: { workspaceId: string; endpointId: string },
  change: (row: EndpointRow) => EndpointChange,
): Promise<EndpointRow | undefined> {
  return inWorkspaces(db, [at.workspaceId], async (trx) => {
    const row = await trx
      .selectFrom('delivery.endpoint')
      .selectAll()
      .where('workspace_id', '=', at.workspaceId)
      .where('endpoint_id', '=', at.endpointId)
      .where('deleted_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!row) return undefined;
    const columns = change(row);
    if (Object.keys(columns).length === 0) return row;
    return trx
      .updateTable('delivery.endpoint')
      .set({ ...columns, updated_at: sql<Date>`now()` })
      .where('endpoint_id', '=', at.endpointId)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

/** What attempts have shown: `failed` says since when nothing has got through (kept from the first failure on), `recovered` forgets it. */
export type Health = 'failed' | 'recovered';

/** Answers the row when the note changed it. */
export function noteHealth(
  db: Kysely<Tables>,
  at: { workspaceId: string; endpointId: string },
  note: Health,
): Promise<EndpointRow | undefined> {
  return inWorkspaces(db, [at.workspaceId], (trx) => {
    const update = trx
      .updateTable('delivery.endpoint')
      .where('workspace_id', '=', at.workspaceId)
      .where('endpoint_id', '=', at.endpointId)
      .where('deleted_at', 'is', null)
      .returningAll();
    return note === 'failed'
      ? update.set({ failing_since: sql<Date>`now()` }).where('failing_since', 'is', null).executeTakeFirst()
      : update.set({ failing_since: null }).where('failing_since', 'is not', null).executeTakeFirst();
  });
}

/** What was to be said of it stands in EVENTS. Not a change of the endpoint. */
export async function forgetAnnouncement(
  db: Kysely<Tables>,
  at: { workspaceId: string; endpointId: string; eventId: string },
): Promise<void> {
  await inWorkspaces(db, [at.workspaceId], (trx) =>
    trx
      .updateTable('delivery.endpoint')
      .set({ announcement: null })
      .where('workspace_id', '=', at.workspaceId)
      .where('endpoint_id', '=', at.endpointId)
      .where(sql<string>`announcement ->> 'event_id'`, '=', at.eventId)
      .execute(),
  );
}
