import type { CreateNoteRequest, Note } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { tellOfNote } from '../../commands/notes.ts';
import { decideOnce } from '../../commands/run.ts';
import { loadForCommand } from '../../commands/state.ts';
import { isErased } from '../../domain/contact/erased.ts';
import { adding } from '../../store/inbox/notes.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';
import { noteCodec, noteText, noteToWire } from '../../wire/inbox/note.ts';

/** Also in a closed conversation: what is left to say about it comes afterwards. */
export async function handleCreateNote({ store }: { store: Store }, request: CreateNoteRequest): Promise<Note> {
  const context = contextFromWire(request.context);
  const { conversationId } = request;
  const text = noteText(request.text);
  const noteId = newId('note');
  return decideOnce(store, {
    context,
    codec: noteCodec,
    load: (pipeline) => loadForCommand(pipeline, context, conversationId),
    decide: (ledger, loaded, steps) => {
      if (isErased(loaded.conversation))
        return new BatonError('conflict', 'Its customer was erased: nothing may be noted about them any more.');
      const { kind, id } = context.actor;
      const row = {
        note_id: noteId,
        workspace_id: context.workspaceId,
        conversation_id: conversationId,
        text,
        author_kind: kind,
        author_id: id,
        editor_kind: kind,
        editor_id: id,
        created_at: ledger.now,
        updated_at: ledger.now,
      };
      steps.push(adding(row));
      tellOfNote(ledger, loaded, { context, conversationId, noteId, action: 'added' });
      return noteToWire(row);
    },
  });
}
