import { readWorkspace } from '@baton/db/scope.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { sql, type Transaction } from 'kysely';
import type { ContactView } from '../../commands/contacts.ts';
import type { ContactHistoryRow, ContactRow } from '../../domain/rows.ts';
import { decodeCursor, page } from '../cursor.ts';
import type { Store } from '../store.ts';
import type { Tables } from '../tables.ts';

export interface ContactFilter {
  phone?: string;
  email?: string;
  name?: string;
  attributes: Record<string, string>;
}

type Trx = Transaction<Tables>;

/** Newest first. Phone and e-mail find by any address of the contact. */
export function listContacts(
  store: Store,
  workspaceId: string,
  o: { filter: ContactFilter; size: number; cursor: string },
): Promise<{ rows: ContactView[]; next: string }> {
  const from = decodeCursor(o.cursor, 1);
  return readWorkspace(store.db, workspaceId, async (trx) => {
    let query = trx
      .selectFrom('conversation.contact as c')
      .selectAll()
      .where('c.workspace_id', '=', workspaceId)
      .where('c.merged_into', 'is', null)
      .where('c.erased_at', 'is', null)
      .orderBy('c.contact_id', 'desc')
      .limit(o.size + 1);
    for (const kind of ['phone', 'email'] as const) {
      const address = o.filter[kind];
      if (address === undefined) continue;
      query = query.where('c.contact_id', '=', (eb) =>
        eb
          .selectFrom('conversation.contact_address as a')
          .select('a.contact_id')
          .where('a.workspace_id', '=', workspaceId)
          .where('a.kind', '=', kind)
          .where('a.address', '=', address),
      );
    }
    if (o.filter.name !== undefined) {
      const pattern = `%${o.filter.name.replaceAll(/[\\%_]/g, '\\$&')}%`;
      query = query.where(sql<boolean>`conversation.search_fold(c.name) like conversation.search_fold(${pattern})`);
    }
    for (const [name, value] of Object.entries(o.filter.attributes)) query = query.where(sql<boolean>`c.attributes ->> ${name} = ${value}`);
    if (from) query = query.where('c.contact_id', '<', String(from[0]));
    const { rows, next } = page(await query.execute(), o.size, (row) => [row.contact_id]);
    return { rows: await viewsOf(trx, rows), next };
  });
}

/** Throws `not_found` for what is erased, and for what belongs to another workspace. */
export function getContact(store: Store, workspaceId: string, contactId: string): Promise<ContactView> {
  return readWorkspace(store.db, workspaceId, async (trx) => {
    const row = await trx
      .selectFrom('conversation.contact')
      .selectAll()
      .where('contact_id', '=', standing(contactId))
      .where('erased_at', 'is', null)
      .executeTakeFirst();
    if (!row) throw notFound('contact', contactId);
    const [view] = await viewsOf(trx, [row]);
    return view!;
  });
}

/** The id of the contact that an id stands for: itself, or what it was merged into. */
export function standing(contactId: string) {
  return sql<string>`(select coalesce(merged_into, contact_id) from conversation.contact where contact_id = ${contactId})`;
}

async function viewsOf(trx: Trx, rows: ContactRow[]): Promise<ContactView[]> {
  const ids = rows.map((row) => row.contact_id);
  if (ids.length === 0) return [];
  const addresses = await trx
    .selectFrom('conversation.contact_address')
    .selectAll()
    .where('contact_id', 'in', ids)
    .orderBy('kind')
    .orderBy('address')
    .execute();
  const tombstones = await trx
    .selectFrom('conversation.contact')
    .select(['contact_id', 'merged_into'])
    .where('merged_into', 'in', ids)
    .orderBy('contact_id')
    .execute();
  const counts = await trx
    .selectFrom('conversation.conversation')
    .select(['contact_id', sql<number>`count(*)::int`.as('conversations')])
    .where('contact_id', 'in', ids)
    .groupBy('contact_id')
    .execute();
  return rows.map((row) => ({
    row,
    addresses: addresses.filter((one) => one.contact_id === row.contact_id),
    mergedIds: tombstones.filter((one) => one.merged_into === row.contact_id).map((one) => one.contact_id),
    conversations: counts.find((one) => one.contact_id === row.contact_id)?.conversations ?? 0,
  }));
}

export function listContactHistory(
  store: Store,
  workspaceId: string,
  o: { contactId: string; size: number; cursor: string },
): Promise<{ rows: ContactHistoryRow[]; next: string }> {
  const from = decodeCursor(o.cursor, 1);
  return readWorkspace(store.db, workspaceId, async (trx) => {
    let query = trx
      .selectFrom('conversation.contact_history')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('contact_id', '=', o.contactId)
      .orderBy('position', 'desc')
      .limit(o.size + 1);
    if (from) query = query.where('position', '<', Number(from[0]));
    const found = await query.execute();
    if (found.length === 0 && !from) await requireContact(trx, o.contactId);
    return page(found, o.size, (row) => [row.position]);
  });
}

async function requireContact(trx: Trx, contactId: string): Promise<void> {
  const found = await trx.selectFrom('conversation.contact').select('contact_id').where('contact_id', '=', contactId).executeTakeFirst();
  if (!found) throw notFound('contact', contactId);
}
