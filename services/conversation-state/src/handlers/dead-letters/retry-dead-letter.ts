import type { Bus } from '@baton/bus/connect.ts';
import { publish } from '@baton/bus/publish.ts';
import type { DeadLetter, RetryDeadLetterRequest } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { newId } from '@baton/contracts/ids.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { Store } from '../../store/store.ts';
import { deadLetterToWire } from '../../wire/dead-letter.ts';

/** Sends the payload back into its stream, then marks the row: a crash in between sends it twice, which the provider's id makes harmless. */
export async function handleRetryDeadLetter(
  { store, bus }: { store: Store; bus: Bus },
  request: RetryDeadLetterRequest,
): Promise<DeadLetter> {
  const letter = await inWorkspaces(store.db, [request.workspaceId], (trx) =>
    trx.selectFrom('conversation.dead_letter').selectAll().where('dead_letter_id', '=', request.deadLetterId).executeTakeFirst(),
  );
  if (!letter) throw notFound('dead letter', request.deadLetterId);
  if (letter.state === 'dropped') throw new BatonError('conflict', 'This dead letter was dropped; it can no longer be retried.');
  await publish(bus, { subject: letter.subject, id: newId('event'), data: letter.payload });
  await inWorkspaces(store.db, [request.workspaceId], (trx) =>
    trx.updateTable('conversation.dead_letter').set({ state: 'retried' }).where('dead_letter_id', '=', request.deadLetterId).execute(),
  );
  return deadLetterToWire({ ...letter, state: 'retried' });
}
