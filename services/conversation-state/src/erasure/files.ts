import type { Bus } from '@baton/bus/connect.ts';
import { fileOfUrl, filesBucket } from '@baton/contracts/files.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import { Objm } from '@nats-io/obj';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../store/tables.ts';

/**
 * Deletes the files of mails from their store in NATS, before the messages that name them are emptied: outside of any transaction, and done again where a batch
 * is. What is deleted stays deleted when a provider repeats the mail: ingest finds the mark.
 */
export async function deleteFiles(db: Kysely<Tables>, bus: Bus, at: { workspaceId: string; contactId: string }): Promise<void> {
  const urls = await inWorkspaces(db, [at.workspaceId], async (trx) => {
    const { rows } = await sql<{ url: string }>`select file->>'url' as url
      from conversation.erasure e
      join conversation.conversation c on c.contact_id = e.contact_id and c.conversation_id >= coalesce(e.place->>'conversation', '')
      join conversation.message m on m.conversation_id = c.conversation_id and m.attachments <> '[]'
      cross join jsonb_array_elements(m.attachments) as file
      where e.contact_id = ${at.contactId} and e.step = 'messages' and e.state = 'running' and file->>'url' like '%/files/chn\\_%'`.execute(
      trx,
    );
    return rows.map((row) => row.url);
  });
  const names = urls.flatMap((url) => fileOfUrl(url) ?? []);
  if (names.length === 0) return;
  const files = await new Objm(bus.js).open(filesBucket);
  for (const name of names) if ((await files.info(name))?.deleted === false) await files.delete(name);
}
