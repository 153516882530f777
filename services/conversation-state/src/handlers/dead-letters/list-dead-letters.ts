import type { ListDeadLettersRequest, ListDeadLettersResponse } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import { decodeCursor, page } from '../../store/cursor.ts';
import type { Store } from '../../store/store.ts';
import { deadLetterToWire } from '../../wire/dead-letter.ts';
import { pageSize } from '../../wire/page.ts';

/** Newest first; open ones and those that a person has dealt with. */
export async function handleListDeadLetters(
  { store }: { store: Store },
  request: ListDeadLettersRequest,
): Promise<ListDeadLettersResponse> {
  const size = pageSize(request.pageSize);
  const from = decodeCursor(request.cursor, 1);
  const found = await inWorkspaces(store.db, [request.workspaceId], (trx) => {
    let query = trx
      .selectFrom('conversation.dead_letter')
      .selectAll()
      .orderBy('dead_letter_id', 'desc')
      .limit(size + 1);
    if (from) query = query.where('dead_letter_id', '<', String(from[0]));
    return query.execute();
  });
  const { rows, next } = page(found, size, (row) => [row.dead_letter_id]);
  return { deadLetters: rows.map(deadLetterToWire), nextCursor: next };
}
