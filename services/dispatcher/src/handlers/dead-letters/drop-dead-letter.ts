import type { DeadLetter, DropDeadLetterRequest } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { Kysely } from 'kysely';
import { findDeadLetter, settleDeadLetter } from '../../store/dead-letters.ts';
import type { Tables } from '../../store/tables.ts';
import { toDeadLetter } from '../../wire/dead-letter.ts';

/** DropDeadLetter: a person gave it up. Dropping it twice is fine. */
export async function handleDropDeadLetter(db: Kysely<Tables>, request: DropDeadLetterRequest): Promise<DeadLetter> {
  const { workspaceId, deadLetterId: id } = request;
  const settled = await settleDeadLetter(db, { workspaceId, id, state: 'dropped', now: new Date() });
  if (settled) return toDeadLetter(settled);
  const row = await findDeadLetter(db, workspaceId, id);
  if (!row) throw notFound('dead letter', id);
  if (row.state === 'retried') throw new BatonError('conflict', 'The dead letter has already been retried.');
  return toDeadLetter(row);
}
