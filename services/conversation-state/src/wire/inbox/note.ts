import { Note } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { noteFaults } from '../../domain/inbox/note.ts';
import type { NoteRow } from '../../domain/inbox/rows.ts';

export const noteCodec = { kind: 'note', encode: Note.encode, decode: Note.decode };

export function noteToWire(row: NoteRow): Note {
  return {
    noteId: row.note_id,
    conversationId: row.conversation_id,
    text: row.text,
    author: { kind: row.author_kind, id: row.author_id },
    updatedBy: { kind: row.editor_kind, id: row.editor_id },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Throws where no note can say this. */
export function noteText(text: string): string {
  const problems = noteFaults(text);
  const [first] = problems;
  if (first) throw new BatonError('validation_error', `${first.path} ${first.message}.`, { problems });
  return text;
}
