import type { DeadLetter, GetDeadLetterRequest } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { readWorkspace } from '@baton/db/scope.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import type { Store } from '../../store/store.ts';
import { deadLetterToWire } from '../../wire/dead-letter.ts';

export async function handleGetDeadLetter({ store }: { store: Store }, request: GetDeadLetterRequest): Promise<DeadLetter> {
  const letter = await readWorkspace(store.db, request.workspaceId, (trx) =>
    trx.selectFrom('conversation.dead_letter').selectAll().where('dead_letter_id', '=', request.deadLetterId).executeTakeFirst(),
  );
  if (!letter) throw notFound('dead letter', request.deadLetterId);
  return deadLetterToWire(letter);
}
