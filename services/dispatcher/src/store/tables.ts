import type { Generated } from 'kysely';

export type DeadLetterState = 'open' | 'retried' | 'dropped';

export interface DeadLetterTable {
  dead_letter_id: string;
  workspace_id: string;
  /** Which delivery it was: consumer, stream sequence and time, so that a lost acknowledgement makes no second row. */
  delivery_key: string;
  subject: string;
  payload: string;
  error: string;
  attempts: number;
  trace_id: string | null;
  state: Generated<DeadLetterState>;
  created_at: Generated<Date>;
  settled_at: Date | null;
}

export interface Tables {
  'delivery.dead_letter': DeadLetterTable;
}
