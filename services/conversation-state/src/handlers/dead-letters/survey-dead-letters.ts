import type { ListDeadLettersResponse, SurveyDeadLettersRequest } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { isId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type pg from 'pg';
import type { DeadLetterRow } from '../../store/tables.ts';
import { deadLetterToWire } from '../../wire/dead-letter.ts';
import { pageSize } from '../../wire/page.ts';

/** Across tenants, and so with the system's role, which sees no payload. Newest first; the cursor is the id of the last one shown. */
export async function handleSurveyDeadLetters(
  { systemPool }: { systemPool: pg.Pool },
  request: SurveyDeadLettersRequest,
): Promise<ListDeadLettersResponse> {
  if (request.cursor && !isId('deadLetter', request.cursor)) throw new BatonError('invalid_page_token', 'The cursor is none of ours.');
  const size = pageSize(request.pageSize);
  const { rows: found } = await systemPool.query<Omit<DeadLetterRow, 'payload'>>(
    `select dead_letter_id, workspace_id, subject, error, attempts, trace_id, state, created_at from conversation.dead_letter
     where ($1::text is null or workspace_id = $1) and ($2::text is null or state = $2) and ($3::text is null or dead_letter_id = $3)
       and ($4::text is null or dead_letter_id < $4)
     order by dead_letter_id desc limit $5`,
    [request.workspaceId || null, request.state || null, request.deadLetterId || null, request.cursor || null, size + 1],
  );
  const rows = found.slice(0, size);
  const deadLetters = rows.map((row) => deadLetterToWire({ ...row, payload: '' }));
  return { deadLetters, nextCursor: found.length > size ? (rows.at(-1)?.dead_letter_id ?? '') : '' };
}
