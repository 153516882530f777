/** How far a replay has come. */
export interface Progress {
  status: 'queued' | 'running' | 'completed' | 'cancelled' | 'failed';
  error: string | null;
  total: number;
  done: number;
  failed: number;
  skipped: number;
  /** Turns that failed since the last one that did not. */
  failures_in_row: number;
  input_tokens: number;
  output_tokens: number;
  max_tokens: number | null;
}

export interface TurnEnd {
  status: 'done' | 'failed' | 'skipped';
  /** Why it failed. */
  error: string | null;
  usage: { input_tokens: number; output_tokens: number } | null;
}

/** A backend that so many turns in a row got nothing from is not asked the rest: a wrong key or model fails a thousand times. */
export const failuresBeforeEnd = 10;

/** What a replay is after one more of its turns has ended. Ended before its time, it leaves the turns that nobody has begun out. */
export function afterTurn(before: Progress, turn: TurnEnd): Progress {
  const after = {
    ...before,
    [turn.status]: before[turn.status] + 1,
    failures_in_row: turn.status === 'failed' ? before.failures_in_row + 1 : turn.status === 'done' ? 0 : before.failures_in_row,
    input_tokens: before.input_tokens + (turn.usage?.input_tokens ?? 0),
    output_tokens: before.output_tokens + (turn.usage?.output_tokens ?? 0),
  };
  if (isOver(before)) return after;
  if (after.done + after.failed + after.skipped >= after.total) return { ...after, status: 'completed' };
  if (after.failures_in_row >= failuresBeforeEnd) return { ...after, status: 'failed', error: turn.error };
  if (after.max_tokens !== null && after.input_tokens + after.output_tokens >= after.max_tokens)
    return { ...after, status: 'cancelled', error: 'max_tokens is reached' };
  return after;
}

export function isOver({ status }: Pick<Progress, 'status'>): boolean {
  return status !== 'queued' && status !== 'running';
}
