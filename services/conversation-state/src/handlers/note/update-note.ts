import type { Note, UpdateNoteRequest } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { changeNote } from '../../commands/notes.ts';
import { rewriting } from '../../store/inbox/notes.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';
import { noteCodec, noteText, noteToWire } from '../../wire/inbox/note.ts';

export async function handleUpdateNote({ store }: { store: Store }, request: UpdateNoteRequest): Promise<Note> {
  const context = contextFromWire(request.context);
  const text = noteText(request.text);
  const { kind: editor_kind, id: editor_id } = context.actor;
  return changeNote(
    store,
    { ...request, context },
    {
      codec: noteCodec,
      action: 'edited',
      decide: (note, updated_at, steps) => {
        const row = { ...note, text, editor_kind, editor_id, updated_at };
        steps.push(rewriting(row));
        return noteToWire(row);
      },
    },
  );
}
