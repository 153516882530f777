import type { ListDeadLettersResponse, SurveyDeadLettersRequest } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import type { Kysely } from 'kysely';
import { surveyDeadLetters } from '../../store/dead-letters.ts';
import type { Tables } from '../../store/tables.ts';
import { toDeadLetter } from '../../wire/dead-letter.ts';
import { pageOf } from '../page.ts';

/** SurveyDeadLetters: across tenants, and so by a function that shows no payload. */
export async function handleSurveyDeadLetters(db: Kysely<Tables>, request: SurveyDeadLettersRequest): Promise<ListDeadLettersResponse> {
  const filter = {
    workspaceId: request.workspaceId || null,
    state: request.state || null,
    deadLetterId: request.deadLetterId || null,
  };
  const { page, nextCursor } = await pageOf('deadLetter', request, {
    read: (o) => surveyDeadLetters(db, { ...filter, ...o }),
    idOf: (row) => row.dead_letter_id,
  });
  return { deadLetters: page.map(toDeadLetter), nextCursor };
}
