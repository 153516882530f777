import { type DeleteNoteRequest, DeleteNoteResponse } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { changeNote } from '../../commands/notes.ts';
import { deletingNote } from '../../store/inbox/notes.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';

const codec = { kind: 'delete_note', encode: DeleteNoteResponse.encode, decode: DeleteNoteResponse.decode };

export function handleDeleteNote({ store }: { store: Store }, request: DeleteNoteRequest): Promise<DeleteNoteResponse> {
  return changeNote(
    store,
    { ...request, context: contextFromWire(request.context) },
    {
      codec,
      action: 'deleted',
      decide: ({ note_id: noteId }, _now, steps) => {
        steps.push(deletingNote(noteId));
        return { noteId };
      },
    },
  );
}
