import { type Step, statement } from '@baton/db/pipeline.ts';
import { readWorkspace } from '@baton/db/scope.ts';
import type { NoteRow } from '../../domain/inbox/rows.ts';
import { decodeCursor, page } from '../cursor.ts';
import { requireConversation } from '../queries.ts';
import type { Store } from '../store.ts';

/** Newest first. */
export function listNotes(
  store: Store,
  workspaceId: string,
  o: { conversationId: string; size: number; cursor: string },
): Promise<{ rows: NoteRow[]; next: string }> {
  const from = decodeCursor(o.cursor, 1);
  return readWorkspace(store.db, workspaceId, async (trx) => {
    await requireConversation(trx, o.conversationId);
    let query = trx
      .selectFrom('conversation.note')
      .selectAll()
      .where('conversation_id', '=', o.conversationId)
      .orderBy('note_id', 'desc')
      .limit(o.size + 1);
    if (from) query = query.where('note_id', '<', String(from[0]));
    return page(await query.execute(), o.size, (row) => [row.note_id]);
  });
}

/** Read under the lock of its conversation. */
export const loadNote = statement<NoteRow>('load_note', 'select * from conversation.note where note_id = $1 and conversation_id = $2', [
  'created_at',
  'updated_at',
]);

const insertNote = statement<unknown>(
  'insert_note',
  `insert into conversation.note
     (note_id, workspace_id, conversation_id, text, author_kind, author_id, editor_kind, editor_id, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);
const updateNote = statement<unknown>(
  'update_note',
  'update conversation.note set text = $2, editor_kind = $3, editor_id = $4, updated_at = $5 where note_id = $1',
);
const deleteNote = statement<unknown>('delete_note', 'delete from conversation.note where note_id = $1');

export function adding(row: NoteRow): Step<unknown> {
  const { note_id, workspace_id, conversation_id, text, author_kind, author_id, editor_kind, editor_id, created_at, updated_at } = row;
  const values = [note_id, workspace_id, conversation_id, text, author_kind, author_id, editor_kind, editor_id, created_at, updated_at];
  return { statement: insertNote, values };
}

export const rewriting = ({ note_id, text, editor_kind, editor_id, updated_at }: NoteRow): Step<unknown> => ({
  statement: updateNote,
  values: [note_id, text, editor_kind, editor_id, updated_at],
});

export const deletingNote = (noteId: string): Step<unknown> => ({ statement: deleteNote, values: [noteId] });
