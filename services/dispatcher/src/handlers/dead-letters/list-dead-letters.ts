import type { ListDeadLettersRequest, ListDeadLettersResponse } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import type { Kysely } from 'kysely';
import { listDeadLetters } from '../../store/dead-letters.ts';
import type { Tables } from '../../store/tables.ts';
import { toDeadLetter } from '../../wire/dead-letter.ts';
import { pageOf } from '../page.ts';

/** ListDeadLetters: newest first; the cursor is the id of the last one shown. */
export async function handleListDeadLetters(db: Kysely<Tables>, request: ListDeadLettersRequest): Promise<ListDeadLettersResponse> {
  const { page, nextCursor } = await pageOf('deadLetter', request, {
    read: (o) => listDeadLetters(db, { workspaceId: request.workspaceId, ...o }),
    idOf: (row) => row.dead_letter_id,
  });
  return { deadLetters: page.map(toDeadLetter), nextCursor };
}
