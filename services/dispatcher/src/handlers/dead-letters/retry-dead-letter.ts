import type { Bus } from '@baton/bus/connect.ts';
import { publish } from '@baton/bus/publish.ts';
import type { DeadLetter, RetryDeadLetterRequest } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { Kysely } from 'kysely';
import { retrySignal } from '../../domain/retry-signal.ts';
import { findDeadLetter, settleDeadLetter } from '../../store/dead-letters.ts';
import type { Tables } from '../../store/tables.ts';
import { toDeadLetter } from '../../wire/dead-letter.ts';

/**
 * RetryDeadLetter: publishes the signal anew, then closes the row. A crash in between leaves it open, and a second retry within ten minutes stores nothing
 * twice: the letter's id is the dedup id.
 */
export async function handleRetryDeadLetter(
  deps: { db: Kysely<Tables>; bus: () => Bus },
  request: RetryDeadLetterRequest,
): Promise<DeadLetter> {
  const { workspaceId, deadLetterId: id } = request;
  const row = await findDeadLetter(deps.db, workspaceId, id);
  if (!row) throw notFound('dead letter', id);
  if (row.state !== 'open') throw new BatonError('conflict', `The dead letter has already been ${row.state}.`);
  const now = new Date();
  const signal = retrySignal(row, now);
  if (!signal) throw new BatonError('conflict', 'The payload cannot be read: trying again cannot help, it can only be dropped.');
  await publish(deps.bus(), { subject: signal.subject, id: `retry:${id}`, data: signal.payload });
  const settled = await settleDeadLetter(deps.db, { workspaceId, id, state: 'retried', now });
  return toDeadLetter(settled ?? row);
}
