import type { ListDeadLettersRequest, ListDeadLettersResponse } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { isId } from '@baton/contracts/ids.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Store } from '../../store/store.ts';
import { deadLetterToWire } from '../../wire/dead-letter.ts';
import { pageSize } from '../../wire/page.ts';

/** Newest first; open ones and those that a person has dealt with. The cursor is the id of the last one shown. */
export async function handleListDeadLetters(
  { store }: { store: Store },
  request: ListDeadLettersRequest,
): Promise<ListDeadLettersResponse> {
  if (request.cursor && !isId('deadLetter', request.cursor)) throw new BatonError('invalid_page_token', 'The cursor is none of ours.');
  const size = pageSize(request.pageSize);
  const found = await inWorkspaces(store.db, [request.workspaceId], (trx) => {
    let query = trx
      .selectFrom('conversation.dead_letter')
      .selectAll()
      .orderBy('dead_letter_id', 'desc')
      .limit(size + 1);
    if (request.cursor) query = query.where('dead_letter_id', '<', request.cursor);
    return query.execute();
  });
  const rows = found.slice(0, size);
  return { deadLetters: rows.map(deadLetterToWire), nextCursor: found.length > size ? (rows.at(-1)?.dead_letter_id ?? '') : '' };
}
