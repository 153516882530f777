import { BatonError } from '@baton/errors/baton-error.ts';

/** A place in a list: the values of its sort columns. The gateway signs it before anyone outside sees it. */
export function encodeCursor(parts: (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The values again, or undefined for the empty cursor (the beginning). */
export function decodeCursor(cursor: string, length: number): (string | number)[] | undefined {
  if (cursor === '') return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === length && parts.every((part) => typeof part === 'string' || typeof part === 'number'))
      return parts;
  } catch {
    // Falls through: garbage is refused like a cursor of another list.
  }
  throw new BatonError('invalid_page_token', 'The page token is not one that this list has given; start without it.');
}

/** Cuts the one row too many that tells whether there is a next page. */
export function page<Row>(rows: Row[], size: number, place: (row: Row) => (string | number)[]): { rows: Row[]; next: string } {
  if (rows.length <= size) return { rows, next: '' };
  const kept = rows.slice(0, size);
  return { rows: kept, next: encodeCursor(place(kept[kept.length - 1]!)) };
}
