import { newId } from '@baton/contracts/ids.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { DeadLetterState, DeadLetterTable, Tables } from './tables.ts';

export type DeadLetterRow = Selectable<DeadLetterTable>;

export interface NewDeadLetter {
  workspaceId: string;
  deliveryKey: string;
  subject: string;
  payload: string;
  error: string;
  attempts: number;
  traceId: string | null;
}

/** Writes it down, once per delivery key. Answers the id of the row. */
export function writeDeadLetter(db: Kysely<Tables>, letter: NewDeadLetter): Promise<string> {
  return inWorkspaces(db, [letter.workspaceId], async (trx) => {
    const { dead_letter_id } = await trx
      .insertInto('delivery.dead_letter')
      .values({
        dead_letter_id: newId('deadLetter'),
        workspace_id: letter.workspaceId,
        delivery_key: letter.deliveryKey,
        subject: letter.subject,
        payload: letter.payload,
        error: letter.error,
        attempts: letter.attempts,
        trace_id: letter.traceId,
        settled_at: null,
      })
      .onConflict((conflict) => conflict.columns(['workspace_id', 'delivery_key']).doUpdateSet({ attempts: letter.attempts }))
      .returning('dead_letter_id')
      .executeTakeFirstOrThrow();
    return dead_letter_id;
  });
}

/** Newest first; `before`: the id after which the page begins, or undefined. */
export function listDeadLetters(
  db: Kysely<Tables>,
  o: { workspaceId: string; before: string | undefined; limit: number },
): Promise<DeadLetterRow[]> {
  return inWorkspaces(db, [o.workspaceId], (trx) => {
    const all = trx.selectFrom('delivery.dead_letter').selectAll().where('workspace_id', '=', o.workspaceId);
    const page = o.before === undefined ? all : all.where('dead_letter_id', '<', o.before);
    return page.orderBy('dead_letter_id', 'desc').limit(o.limit).execute();
  });
}

export function findDeadLetter(db: Kysely<Tables>, workspaceId: string, id: string): Promise<DeadLetterRow | undefined> {
  return inWorkspaces(db, [workspaceId], (trx) =>
    trx
      .selectFrom('delivery.dead_letter')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('dead_letter_id', '=', id)
      .executeTakeFirst(),
  );
}

export type DeadLetterSummary = Omit<DeadLetterRow, 'payload' | 'delivery_key' | 'settled_at'>;

/** Of all workspaces, newest first. */
export async function surveyDeadLetters(
  db: Kysely<Tables>,
  o: { workspaceId: string | null; state: string | null; deadLetterId: string | null; before: string | undefined; limit: number },
): Promise<DeadLetterSummary[]> {
  const { rows } = await sql<DeadLetterSummary>`select * from delivery.survey_dead_letters(
    ${o.workspaceId}, ${o.state}, ${o.deadLetterId}, ${o.before ?? null}, ${o.limit})`.execute(db);
  return rows;
}

/** Closes an open one; undefined when it is not open (any more). */
export function settleDeadLetter(
  db: Kysely<Tables>,
  o: { workspaceId: string; id: string; state: Exclude<DeadLetterState, 'open'>; now: Date },
): Promise<DeadLetterRow | undefined> {
  return inWorkspaces(db, [o.workspaceId], (trx) =>
    trx
      .updateTable('delivery.dead_letter')
      .set({ state: o.state, settled_at: o.now })
      .where('workspace_id', '=', o.workspaceId)
      .where('dead_letter_id', '=', o.id)
      .where('state', '=', 'open')
      .returningAll()
      .executeTakeFirst(),
  );
}
