import type { DeadLetter, GetDeadLetterRequest } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import type { Kysely } from 'kysely';
import { findDeadLetter } from '../../store/dead-letters.ts';
import type { Tables } from '../../store/tables.ts';
import { toDeadLetter } from '../../wire/dead-letter.ts';

export async function handleGetDeadLetter(db: Kysely<Tables>, request: GetDeadLetterRequest): Promise<DeadLetter> {
  const row = await findDeadLetter(db, request.workspaceId, request.deadLetterId);
  if (!row) throw notFound('dead letter', request.deadLetterId);
  return toDeadLetter(row);
}
