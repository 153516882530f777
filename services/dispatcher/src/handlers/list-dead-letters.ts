import type { ListDeadLettersRequest, ListDeadLettersResponse } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { isId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Kysely } from 'kysely';
import { listDeadLetters } from '../store/dead-letters.ts';
import type { Tables } from '../store/tables.ts';
import { toDeadLetter } from '../wire.ts';

/** ListDeadLetters: newest first; the cursor is the id of the last one shown. */
export async function handleListDeadLetters(db: Kysely<Tables>, request: ListDeadLettersRequest): Promise<ListDeadLettersResponse> {
  if (request.cursor && !isId('deadLetter', request.cursor)) throw new BatonError('invalid_page_token', 'The cursor is none of ours.');
  const pageSize = Math.min(Math.max(request.pageSize || 50, 1), 250);
  const rows = await listDeadLetters(db, { workspaceId: request.workspaceId, before: request.cursor || undefined, limit: pageSize + 1 });
  const page = rows.slice(0, pageSize);
  return {
    deadLetters: page.map(toDeadLetter),
    nextCursor: rows.length > pageSize ? (page.at(-1)?.dead_letter_id ?? '') : '',
  };
}
