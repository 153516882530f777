import { type IdKind, isId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';

/** One page of a list that goes from the newest id to the oldest; the cursor is the last id shown. */
export async function pageOf<Row>(
  kind: IdKind,
  asked: { pageSize: number; cursor: string },
  of: { read(o: { before: string | undefined; limit: number }): Promise<Row[]>; idOf(row: Row): string },
): Promise<{ page: Row[]; nextCursor: string }> {
  if (asked.cursor && !isId(kind, asked.cursor)) throw new BatonError('invalid_page_token', 'The cursor is none of ours.');
  const pageSize = Math.min(Math.max(asked.pageSize || 50, 1), 250);
  const rows = await of.read({ before: asked.cursor || undefined, limit: pageSize + 1 });
  const page = rows.slice(0, pageSize);
  const last = page.at(-1);
  return { page, nextCursor: rows.length > pageSize && last !== undefined ? of.idOf(last) : '' };
}
