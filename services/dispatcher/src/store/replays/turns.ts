import { inWorkspaces } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';
import { afterTurn, isOver, type TurnEnd } from '../../domain/replay/progress.ts';
import type { ReplayAnswer, Tables } from '../tables.ts';
import { changeProgress, lockReplay, type ReplayRow, type ReplayTurnRow } from './replays.ts';

export interface ReplayToDo {
  replayId: string;
  workspaceId: string;
}

/** In all workspaces, oldest first. */
export async function replaysToDo(db: Kysely<Tables>): Promise<ReplayToDo[]> {
  const { rows } = await sql<{ replay_id: string; workspace_id: string }>`select * from delivery.replays_to_do()`.execute(db);
  return rows.map((row) => ({ replayId: row.replay_id, workspaceId: row.workspace_id }));
}

/** A turn that is ours to ask until the lease ends. */
export type ReplayClaim = Pick<
  ReplayTurnRow,
  'replay_id' | 'position' | 'workspace_id' | 'dispatch_id' | 'agent_id' | 'asked_as' | 'attempts'
> & {
  lease_id: string;
};

export interface Claims {
  replay: ReplayRow;
  claims: ReplayClaim[];
}

/** Takes the next turns of a replay, as many as are wanted and the replay may have under way in all instances. undefined: it is over, or gone. */
export function claimTurns(
  db: Kysely<Tables>,
  at: ReplayToDo,
  o: { most: number; mostOfReplay: number; leaseId: string; leaseMs: number },
): Promise<Claims | undefined> {
  return inWorkspaces(db, [at.workspaceId], async (trx) => {
    const replay = await lockReplay(trx, at);
    if (!replay || isOver(replay)) return undefined;
    const { underway } = await trx
      .selectFrom('delivery.replay_turn')
      .select((eb) => eb.fn.countAll<number>().as('underway'))
      .where('replay_id', '=', at.replayId)
      .where('status', '=', 'pending')
      .where('leased_until', '>', sql<Date>`now()`)
      .executeTakeFirstOrThrow();
    const { rows: claims } = await sql<ReplayClaim>`
      update delivery.replay_turn t set lease_id = ${o.leaseId}, leased_until = now() + ${o.leaseMs}::int * interval '1 ms', attempts = t.attempts + 1
      where t.replay_id = ${at.replayId} and t.position in (
        select w.position from delivery.replay_turn w where w.replay_id = ${at.replayId} and w.status = 'pending'
        and (w.leased_until is null or w.leased_until <= now()) order by w.position limit ${Math.max(0, Math.min(o.most, o.mostOfReplay - underway))})
      returning t.replay_id, t.position, t.workspace_id, t.dispatch_id, t.agent_id, t.asked_as, t.attempts, t.lease_id`.execute(trx);
    if (replay.status === 'queued' && claims.length > 0)
      await trx
        .updateTable('delivery.replay')
        .set({ status: 'running', started_at: sql<Date>`now()` })
        .where('replay_id', '=', at.replayId)
        .execute();
    return { replay, claims };
  });
}

type Held = Pick<ReplayClaim, 'replay_id' | 'position' | 'workspace_id' | 'lease_id'>;

/** A sign of life. Answers those that are no longer ours: cancelled, erased, or taken for lost. */
export function renewClaims(db: Kysely<Tables>, held: Held[], leaseMs: number): Promise<Held[]> {
  return inWorkspaces(
    db,
    held.map((one) => one.workspace_id),
    async (trx) => {
      const { rows } = await sql<{ replay_id: string; position: number }>`
        update delivery.replay_turn t set leased_until = now() + ${leaseMs}::int * interval '1 ms'
        from unnest(${held.map((one) => one.replay_id)}::text[], ${held.map((one) => one.position)}::int[], ${held.map((one) => one.lease_id)}::text[])
          h(replay_id, position, lease_id)
        where t.replay_id = h.replay_id and t.position = h.position and t.lease_id = h.lease_id and t.status = 'pending'
        returning t.replay_id, t.position`.execute(trx);
      const ours = new Set(rows.map((row) => `${row.replay_id} ${row.position}`));
      return held.filter((one) => !ours.has(`${one.replay_id} ${one.position}`));
    },
  );
}

/** Gives one back that was not asked after all, for whoever looks after `inMs`. */
export async function releaseClaim(db: Kysely<Tables>, claim: Held, inMs: number): Promise<void> {
  await inWorkspaces(db, [claim.workspace_id], (trx) =>
    trx
      .updateTable('delivery.replay_turn')
      .set({
        lease_id: null,
        leased_until: sql<Date>`now() + ${inMs}::int * interval '1 ms'`,
        attempts: sql<number>`attempts - 1`,
      })
      .where('replay_id', '=', claim.replay_id)
      .where('position', '=', claim.position)
      .where('lease_id', '=', claim.lease_id)
      .where('status', '=', 'pending')
      .execute(),
  );
}

/** Writes down what came of a turn, if it is still ours. */
export function storeAnswer(
  db: Kysely<Tables>,
  claim: Held,
  end: TurnEnd & { answer: ReplayAnswer | null },
): Promise<'stored' | 'not_ours'> {
  return inWorkspaces(db, [claim.workspace_id], async (trx) => {
    const replay = await lockReplay(trx, { workspaceId: claim.workspace_id, replayId: claim.replay_id });
    if (!replay) return 'not_ours';
    const { numUpdatedRows } = await trx
      .updateTable('delivery.replay_turn')
      .set({
        status: end.status,
        answer: end.answer && JSON.stringify(end.answer),
        // Of one that was asked the answer says it.
        error: end.answer ? null : end.error,
        lease_id: null,
        leased_until: null,
      })
      .where('replay_id', '=', claim.replay_id)
      .where('position', '=', claim.position)
      .where('lease_id', '=', claim.lease_id)
      .where('status', '=', 'pending')
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return 'not_ours';
    await changeProgress(trx, replay, afterTurn(replay, end));
    return 'stored';
  });
}

/** Of a conversation whose customer is erased nothing that a backend said stays, and nothing more is asked. */
export async function eraseReplayTurns(db: Kysely<Tables>, at: { workspaceId: string; conversationId: string }): Promise<void> {
  const ids = await inWorkspaces(db, [at.workspaceId], (trx) =>
    trx
      .selectFrom('delivery.replay_turn')
      .select('replay_id')
      .distinct()
      .where('workspace_id', '=', at.workspaceId)
      .where('conversation_id', '=', at.conversationId)
      .execute(),
  );
  for (const { replay_id: replayId } of ids)
    await inWorkspaces(db, [at.workspaceId], async (trx) => {
      const replay = await lockReplay(trx, { workspaceId: at.workspaceId, replayId });
      if (!replay) return;
      const turns = trx
        .updateTable('delivery.replay_turn')
        .where('replay_id', '=', replayId)
        .where('conversation_id', '=', at.conversationId);
      await turns.set({ answer: null }).where('status', '<>', 'pending').execute();
      const waiting = await turns
        .set({ status: 'skipped', error: 'erased', lease_id: null, leased_until: null })
        .where('status', '=', 'pending')
        .executeTakeFirst();
      let progress = replay as Parameters<typeof afterTurn>[0];
      for (let n = 0; n < Number(waiting.numUpdatedRows); n++)
        progress = afterTurn(progress, { status: 'skipped', error: null, usage: null });
      await changeProgress(trx, replay, progress);
    });
}
