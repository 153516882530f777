import type { Bus } from '@baton/bus/connect.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import type { Transaction } from 'kysely';
import type { LongWork } from '../backlog/backlog.ts';
import type { Store } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import { type ErasureRow, erasureSteps, repeatsDays } from './erasure-row.ts';
import { deleteFiles } from './files.ts';
import { type Progress, purgeStream, steps } from './steps.ts';

type At = { workspaceId: string; contactId: string };

export const erasures = (deps: { store: Store; bus: Bus }): LongWork<At> => ({
  name: 'erasures',
  unfinished: `select workspace_id as "workspaceId", contact_id as "contactId" from conversation.erasure
               where state <> 'done' and (due_at is null or due_at <= $1) order by due_at nulls first limit 100`,
  goOn: (at) => eraseSome(deps, at),
});

/**
 * One batch of an erasure, in one transaction with the note of how far it came: a crash in between repeats a batch, it never skips one.
 * False when there is nothing to do now: it is over, waits for its time, or another instance is at it.
 */
export async function eraseSome(deps: { store: Store; bus: Bus }, at: At): Promise<boolean> {
  await deleteFiles(deps.store.db, deps.bus, at);
  const purged = await purgeStream(deps.store.db, deps.bus, { ...at, now: deps.store.now() });
  return inWorkspaces(deps.store.db, [at.workspaceId], async (trx) => {
    const erasure = await trx
      .selectFrom('conversation.erasure')
      .selectAll()
      .where('contact_id', '=', at.contactId)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    const now = deps.store.now();
    if (!erasure || erasure.state === 'done' || (erasure.due_at !== null && erasure.due_at > now)) return false;
    const progress = await steps[erasure.step]({ trx, erasure, purged });
    const next = after(erasure, progress, now);
    await trx
      .updateTable('conversation.erasure')
      .set({ ...next, place: JSON.stringify(next.place) })
      .where('contact_id', '=', at.contactId)
      .execute();
    if (next.state === 'settling' && erasure.state === 'running') await recordErased(trx, next);
    return true;
  });
}

function after(erasure: ErasureRow, progress: Progress, now: Date): ErasureRow {
  const counted = { ...erasure, messages: erasure.messages + (progress.messages ?? 0) };
  if (progress.place) return { ...counted, place: progress.place };
  const next = erasureSteps[erasureSteps.indexOf(erasure.step) + 1];
  if (next === undefined) return { ...counted, state: 'done', place: {}, due_at: null };
  if (next !== 'provider_ids') return { ...counted, step: next, place: {} };
  const due_at = new Date(now.getTime() + repeatsDays * 86_400_000);
  return { ...counted, state: 'settling', step: next, place: {}, addresses: [], due_at, erased_at: now };
}

/** The proof that it was done: who asked, when, how much; nothing of what was there. */
async function recordErased(trx: Transaction<Tables>, erasure: ErasureRow): Promise<void> {
  const { workspace_id, contact_id, actor_kind, actor_id, conversations, messages, erased_at } = erasure;
  await trx
    .insertInto('conversation.contact_history')
    .values({
      workspace_id,
      contact_id,
      action: 'erased',
      detail: { conversations, messages },
      actor_kind,
      actor_id,
      created_at: erased_at ?? new Date(0),
    })
    .execute();
}
