import type { DeadLetter } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import type { DeadLetterRow, DeadLetterSummary } from '../store/dead-letters.ts';

/** A row as the gRPC contract shows it; a summary has no payload. */
export function toDeadLetter(row: DeadLetterRow | DeadLetterSummary): DeadLetter {
  return {
    deadLetterId: row.dead_letter_id,
    workspaceId: row.workspace_id,
    service: 'dispatcher',
    subject: row.subject,
    payload: 'payload' in row ? row.payload : '',
    error: row.error,
    attempts: row.attempts,
    traceId: row.trace_id ?? '',
    state: row.state,
    createdAt: row.created_at,
  };
}
