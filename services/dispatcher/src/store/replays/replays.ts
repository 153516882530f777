import { inWorkspaces, readWorkspace } from '@baton/db/scope.ts';
import { type Insertable, type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { isOver, type Progress } from '../../domain/replay/progress.ts';
import type { ReplayTable, ReplayTurnTable, Tables } from '../tables.ts';

export type ReplayRow = Selectable<ReplayTable>;
export type ReplayTurnRow = Selectable<ReplayTurnTable>;
export type NewReplayTurn = Pick<ReplayTurnRow, 'conversation_id' | 'dispatch_id' | 'agent_id' | 'asked_as'>;

/** Stores it with its turns. undefined: as many as a workspace may have at once are open; two that ask at the same moment are counted one after the other. */
export function insertReplay(
  db: Kysely<Tables>,
  row: Insertable<ReplayTable>,
  turns: NewReplayTurn[],
  mostOpen: number,
): Promise<ReplayRow | undefined> {
  return inWorkspaces(db, [row.workspace_id], async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('replays of ' || ${row.workspace_id}, 0))`.execute(trx);
    const mine = trx.selectFrom('delivery.replay').where('workspace_id', '=', row.workspace_id);
    const again = await mine
      .selectAll()
      .where('created_by_command', '=', row.created_by_command ?? null)
      .executeTakeFirst();
    if (again) return again;
    const { count } = await mine
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('ended_at', 'is', null)
      .executeTakeFirstOrThrow();
    if (count >= mostOpen) return undefined;
    const made = await trx.insertInto('delivery.replay').values(row).returningAll().executeTakeFirstOrThrow();
    const { replay_id, workspace_id } = made;
    const values = turns.map((turn, position) => ({ ...turn, replay_id, workspace_id, position }));
    if (values.length > 0) await trx.insertInto('delivery.replay_turn').values(values).execute();
    return made;
  });
}

/** What a command has made already. */
export function findByCommand(db: Kysely<Tables>, workspaceId: string, commandId: string): Promise<ReplayRow | undefined> {
  return readWorkspace(db, workspaceId, (trx) =>
    trx
      .selectFrom('delivery.replay')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('created_by_command', '=', commandId)
      .executeTakeFirst(),
  );
}

export function findReplay(db: Kysely<Tables>, workspaceId: string, replayId: string): Promise<ReplayRow | undefined> {
  return readWorkspace(db, workspaceId, (trx) =>
    trx
      .selectFrom('delivery.replay')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('replay_id', '=', replayId)
      .executeTakeFirst(),
  );
}

/** Newest first; `before`: the id after which the page begins. */
export function listReplays(
  db: Kysely<Tables>,
  o: { workspaceId: string; before: string | undefined; limit: number },
): Promise<ReplayRow[]> {
  return readWorkspace(db, o.workspaceId, (trx) => {
    const all = trx.selectFrom('delivery.replay').selectAll().where('workspace_id', '=', o.workspaceId);
    const page = o.before === undefined ? all : all.where('replay_id', '<', o.before);
    return page.orderBy('replay_id', 'desc').limit(o.limit).execute();
  });
}

/** In the order of the turns; `after`: the position after which the page begins. */
export function listReplayTurns(
  db: Kysely<Tables>,
  o: { workspaceId: string; replayId: string; after: number; limit: number },
): Promise<ReplayTurnRow[]> {
  return readWorkspace(db, o.workspaceId, (trx) =>
    trx
      .selectFrom('delivery.replay_turn')
      .selectAll()
      .where('workspace_id', '=', o.workspaceId)
      .where('replay_id', '=', o.replayId)
      .where('position', '>', o.after)
      .orderBy('position')
      .limit(o.limit)
      .execute(),
  );
}

/** undefined: there is no such replay. One that is over stays as it is. */
export function cancelReplay(db: Kysely<Tables>, at: { workspaceId: string; replayId: string }): Promise<ReplayRow | undefined> {
  return inWorkspaces(db, [at.workspaceId], async (trx) => {
    const row = await lockReplay(trx, at);
    if (!row || isOver(row)) return row;
    return changeProgress(trx, row, { ...row, status: 'cancelled' });
  });
}

export async function deleteReplay(db: Kysely<Tables>, at: { workspaceId: string; replayId: string }): Promise<void> {
  await inWorkspaces(db, [at.workspaceId], (trx) =>
    trx.deleteFrom('delivery.replay').where('workspace_id', '=', at.workspaceId).where('replay_id', '=', at.replayId).execute(),
  );
}

/** Whoever changes turns of a replay takes its row first. */
export function lockReplay(trx: Transaction<Tables>, at: { workspaceId: string; replayId: string }): Promise<ReplayRow | undefined> {
  return trx
    .selectFrom('delivery.replay')
    .selectAll()
    .where('workspace_id', '=', at.workspaceId)
    .where('replay_id', '=', at.replayId)
    .forUpdate()
    .executeTakeFirst();
}

/** Writes down how far it has come. With its end the turns that wait are left out, and its secret goes. */
export async function changeProgress(trx: Transaction<Tables>, before: ReplayRow, after: Progress): Promise<ReplayRow> {
  const ends = isOver(after) && !isOver(before);
  let { skipped } = after;
  if (ends) {
    const left = await trx
      .updateTable('delivery.replay_turn')
      .set({ status: 'skipped', lease_id: null, leased_until: null })
      .where('replay_id', '=', before.replay_id)
      .where('status', '=', 'pending')
      .executeTakeFirst();
    skipped += Number(left.numUpdatedRows);
  }
  const { status, error, done, failed, failures_in_row, input_tokens, output_tokens } = after;
  return trx
    .updateTable('delivery.replay')
    .set({ status, error, done, failed, skipped, failures_in_row, input_tokens, output_tokens })
    .$if(ends, (query) => query.set({ ended_at: sql<Date>`now()`, backend: sql<string>`jsonb_set(backend, '{secret}', 'null')` }))
    .where('replay_id', '=', before.replay_id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Deletes what is older than the id, some at a time. Answers how many went. */
export async function clearReplays(db: Kysely<Tables>, olderThan: string, most: number): Promise<number> {
  const { rows } = await sql<{ gone: number }>`select delivery.clear_replays(${olderThan}, ${most}) as gone`.execute(db);
  return rows[0]?.gone ?? 0;
}
