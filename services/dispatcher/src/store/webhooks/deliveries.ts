import { lowestId } from '@baton/contracts/ids.ts';
import { inWorkspaces, readWorkspace } from '@baton/db/scope.ts';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { AttemptTable, DeliveryStatus, DeliveryTable, Tables } from '../tables.ts';
import type { NewDelivery, NewEvent } from './fan-out.ts';

export type DeliveryRow = Selectable<DeliveryTable>;

export interface DeliveryFilter {
  workspaceId: string;
  endpointId: string | undefined;
  status: DeliveryStatus | undefined;
  eventType: string | undefined;
}

/** Newest first; `before`: the id after which the page begins. */
export function listDeliveries(
  db: Kysely<Tables>,
  o: DeliveryFilter & { before: string | undefined; limit: number },
): Promise<DeliveryRow[]> {
  return readWorkspace(db, o.workspaceId, (trx) => {
    let rows = trx.selectFrom('delivery.delivery').selectAll().where('workspace_id', '=', o.workspaceId);
    if (o.endpointId !== undefined) rows = rows.where('endpoint_id', '=', o.endpointId);
    if (o.status !== undefined) rows = rows.where('status', '=', o.status);
    if (o.eventType !== undefined) rows = rows.where('event_type', '=', o.eventType);
    if (o.before !== undefined) rows = rows.where('delivery_id', '<', o.before);
    return rows.orderBy('delivery_id', 'desc').limit(o.limit).execute();
  });
}

export interface DeliveryWithAttempts {
  delivery: DeliveryRow;
  body: string;
  attempts: Selectable<AttemptTable>[];
}

const shownAttempts = 50;

export function findDelivery(db: Kysely<Tables>, workspaceId: string, deliveryId: string): Promise<DeliveryWithAttempts | undefined> {
  return readWorkspace(db, workspaceId, async (trx) => {
    const delivery = await trx
      .selectFrom('delivery.delivery')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('delivery_id', '=', deliveryId)
      .executeTakeFirst();
    if (!delivery) return undefined;
    const event = await trx.selectFrom('delivery.event').select('body').where('event_id', '=', delivery.event_id).executeTakeFirst();
    const attempts = trx.selectFrom('delivery.attempt').selectAll().where('delivery_id', '=', deliveryId);
    return { delivery, body: event?.body ?? '', attempts: await attempts.orderBy('number', 'desc').limit(shownAttempts).execute() };
  });
}

/** A test: asked for once by its command, sent once. */
export function insertTest(
  db: Kysely<Tables>,
  o: { delivery: NewDelivery; event: NewEvent; commandId: string | null },
): Promise<DeliveryRow> {
  return inWorkspaces(db, [o.delivery.workspace_id], async (trx) => {
    const made = await trx
      .insertInto('delivery.delivery')
      .values({
        ...o.delivery,
        command_id: o.commandId,
        once: true,
        last_status: null,
        last_error: null,
        next_attempt_at: null,
        settled_at: null,
        dropped_at: null,
      })
      .onConflict((conflict) => conflict.columns(['workspace_id', 'command_id']).where('command_id', 'is not', null).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (!made) {
      const mine = trx.selectFrom('delivery.delivery').selectAll().where('workspace_id', '=', o.delivery.workspace_id);
      return mine.where('command_id', '=', o.commandId).executeTakeFirstOrThrow();
    }
    await trx.insertInto('delivery.event').values(o.event).execute();
    await openLanes(trx, [made]);
    return made;
  });
}

/** Puts one back on its way, under its own id; one that is on its way stays as it is. undefined: there is no such delivery. */
export function replayDelivery(db: Kysely<Tables>, workspaceId: string, deliveryId: string): Promise<DeliveryRow | undefined> {
  return inWorkspaces(db, [workspaceId], async (trx) => {
    const mine = trx
      .selectFrom('delivery.delivery')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('delivery_id', '=', deliveryId);
    const stands = await mine.executeTakeFirst();
    if (!stands) return undefined;
    await openLanes(trx, [stands]);
    const again = await trx
      .updateTable('delivery.delivery')
      .set((eb) => ({ ...fresh, replays: eb('replays', '+', 1) }))
      .where('delivery_id', '=', deliveryId)
      .where('status', '<>', 'pending')
      .returningAll()
      .executeTakeFirst();
    return again ?? mine.executeTakeFirst();
  });
}

/** A delivery's time is later than its event's but for clocks that disagree. */
const skewMs = 300_000;

export interface ReplayedLog {
  replayed: number;
  /** The event to go on from, where there was more than `limit`. */
  nextSince: Date | undefined;
}

/** Puts everything back on its way that is settled as one of `statuses` and whose event is of that time, oldest first. */
export function replayLog(
  db: Kysely<Tables>,
  o: { workspaceId: string; endpointId: string; since: Date; until: Date; statuses: DeliveryStatus[]; limit: number },
): Promise<ReplayedLog> {
  return inWorkspaces(db, [o.workspaceId], async (trx) => {
    const found = await trx
      .selectFrom('delivery.delivery')
      .select(['delivery_id', 'occurred_at', 'endpoint_id', 'lane_key', 'workspace_id'])
      .where('endpoint_id', '=', o.endpointId)
      .where('delivery_id', '>=', lowestId('delivery', new Date(o.since.getTime() - skewMs)))
      .where('occurred_at', '>=', o.since)
      .where('occurred_at', '<', o.until)
      .where('status', 'in', o.statuses)
      .where('once', '=', false)
      .orderBy('occurred_at')
      .orderBy('sequence')
      .limit(o.limit + 1)
      .execute();
    const taken = found.slice(0, o.limit);
    if (taken.length === 0) return { replayed: 0, nextSince: undefined };
    await openLanes(trx, taken);
    const again = await trx
      .updateTable('delivery.delivery')
      .set((eb) => ({ ...fresh, replays: eb('replays', '+', 1) }))
      .where('delivery_id', '=', sql<string>`any(${taken.map((row) => row.delivery_id)}::text[])`)
      .where('status', '<>', 'pending')
      .returning('delivery_id')
      .execute();
    return { replayed: again.length, nextSince: found[o.limit]?.occurred_at };
  });
}

const fresh = { status: 'pending' as const, series_attempts: 0, next_attempt_at: null, settled_at: null };

/** See `store/webhooks/fan-out.ts`: a lane that is there already is locked, so that nobody finds it empty. */
async function openLanes(trx: Transaction<Tables>, rows: Pick<DeliveryRow, 'endpoint_id' | 'lane_key' | 'workspace_id'>[]): Promise<void> {
  const lanes = new Map(rows.map((row) => [`${row.endpoint_id} ${row.lane_key}`, row]));
  const sorted = [...lanes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await sql`insert into delivery.lane (endpoint_id, lane_key, workspace_id)
    select * from unnest(${sorted.map((row) => row.endpoint_id)}::text[], ${sorted.map((row) => row.lane_key)}::text[], ${sorted.map((row) => row.workspace_id)}::text[])
    on conflict (endpoint_id, lane_key) do update set workspace_id = excluded.workspace_id`.execute(trx);
}

/** Given up by a person: only a dead one can be. undefined: there is no such dead delivery. */
export function dropDelivery(db: Kysely<Tables>, workspaceId: string, deliveryId: string): Promise<DeliveryRow | undefined> {
  return inWorkspaces(db, [workspaceId], (trx) =>
    trx
      .updateTable('delivery.delivery')
      .set({ dropped_at: sql<Date>`greatest(now(), settled_at)` })
      .where('workspace_id', '=', workspaceId)
      .where('delivery_id', '=', deliveryId)
      .where('status', '=', 'dead')
      .returningAll()
      .executeTakeFirst(),
  );
}

/** Dead ones of all workspaces, newest first. */
export async function surveyDeadDeliveries(
  db: Kysely<Tables>,
  o: { workspaceId: string | null; deliveryId: string | null; includeDropped: boolean; before: string | undefined; limit: number },
): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`select * from delivery.survey_dead_deliveries(
    ${o.workspaceId}, ${o.deliveryId}, ${o.includeDropped}, ${o.before ?? null}, ${o.limit})`.execute(db);
  return rows;
}

/** Deletes what is older than the ids, and what belonged to endpoints that are gone, some at a time. Answers how many rows went. */
export async function clearOld(db: Kysely<Tables>, o: { delivery: string; event: string; most: number }): Promise<number> {
  const deliveries = await sql<{ gone: number }>`select delivery.clear_deliveries(${o.delivery}, ${o.most}) as gone`.execute(db);
  const events = await sql<{ gone: number }>`select delivery.clear_events(${o.event}, ${o.most}) as gone`.execute(db);
  await sql`select delivery.clear_endpoints()`.execute(db);
  return (deliveries.rows[0]?.gone ?? 0) + (events.rows[0]?.gone ?? 0);
}
