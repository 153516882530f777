import { inWorkspaces } from '@baton/db/scope.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import type { Transaction } from 'kysely';
import { announce, type DirectoryRow } from '../directory/publish.ts';
import type { Store } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import type { CommandContext } from './state.ts';

/** What directory handlers stand on. */
export interface DirectoryDeps {
  store: Store;
  secrets: SecretBox;
}

/**
 * Writes one row of the directory and its announcement in one transaction. `write` makes the change and returns the row as it stands;
 * a command id met again returns what `again` finds for the id stored with it.
 */
export async function changeDirectory<Entry extends DirectoryRow>(
  store: Store,
  context: Pick<CommandContext, 'workspaceId' | 'commandId'>,
  o: {
    write(trx: Transaction<Tables>): Promise<Entry>;
    again(trx: Transaction<Tables>, id: string): Promise<Entry>;
    idOf(entry: Entry): string;
    /** Further rows that change with it, in the same transaction. */
    also?(trx: Transaction<Tables>): Promise<DirectoryRow[]>;
  },
): Promise<Entry['row']> {
  const { entry, partitions } = await inWorkspaces(store.db, [context.workspaceId], async (trx) => {
    if (context.commandId !== '') {
      const claimed = await trx
        .insertInto('conversation.command_result')
        .values({
          workspace_id: context.workspaceId,
          command_id: context.commandId,
          kind: 'directory',
          result: Buffer.alloc(0),
          created_at: store.now(),
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (claimed.numInsertedOrUpdatedRows === 0n)
        return { entry: await o.again(trx, await storedId(trx, context.commandId)), partitions: [] };
    }
    const others = (await o.also?.(trx)) ?? [];
    const written = await o.write(trx);
    if (context.commandId !== '') {
      await trx
        .updateTable('conversation.command_result')
        .set({ result: Buffer.from(o.idOf(written)) })
        .where('command_id', '=', context.commandId)
        .execute();
    }
    const partitions: number[] = [];
    for (const row of [...others, written]) partitions.push(await announce(trx, row, store.now()));
    return { entry: written, partitions };
  });
  for (const partition of new Set(partitions)) store.announced(partition);
  return entry.row;
}

async function storedId(trx: Transaction<Tables>, commandId: string): Promise<string> {
  const row = await trx
    .selectFrom('conversation.command_result')
    .select('result')
    .where('command_id', '=', commandId)
    .executeTakeFirstOrThrow();
  return row.result.toString('utf8');
}
