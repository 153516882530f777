import type { DeadLetter, DropDeadLetterRequest } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import type { Store } from '../../store/store.ts';
import { deadLetterToWire } from '../../wire/dead-letter.ts';

/** A person gives it up; the row stays for the record. */
export async function handleDropDeadLetter({ store }: { store: Store }, request: DropDeadLetterRequest): Promise<DeadLetter> {
  const letter = await inWorkspaces(store.db, [request.workspaceId], (trx) =>
    trx
      .updateTable('conversation.dead_letter')
      .set({ state: 'dropped' })
      .where('dead_letter_id', '=', request.deadLetterId)
      .returningAll()
      .executeTakeFirst(),
  );
  if (!letter) throw notFound('dead letter', request.deadLetterId);
  return deadLetterToWire(letter);
}
