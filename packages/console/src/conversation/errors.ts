import { BatonApiError } from '@baton/sdk/errors.ts';
import type { Texts } from '../texts/en.ts';

/** What to tell people of a failure: Baton's own words where it refused. */
export function sayError(error: unknown, t: Texts): string {
  if (!(error instanceof BatonApiError)) return t.errors.offline;
  if (error.status === 412) return t.errors.stale;
  if (error.code === 'conversation_closed') return t.refusals.closed;
  if (error.code === 'recipient_opted_out') return t.refusals.optedOut;
  if (error.code === 'window_expired') return t.refusals.windowClosed;
  return error.detail || t.errors.unknown;
}
