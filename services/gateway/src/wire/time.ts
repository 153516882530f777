import { invalidField } from '@baton/errors/baton-error.ts';

/** RFC 3339, UTC, milliseconds. A time that must be there and is not becomes the epoch: visible, and no 500. */
export function iso(time: Date | undefined): string {
  return (time ?? new Date(0)).toISOString();
}

export function isoOrNull(time: Date | undefined): string | null {
  return time ? time.toISOString() : null;
}

/** A time from outside; refuses what a calendar or the database does not know. */
export function dateOf(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(text);
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || year < 1970 || year > 9999)
    throw invalidField(name, 'must be a time from 1970 to 9999, such as 2026-05-15T14:32:01Z');
  return date;
}
