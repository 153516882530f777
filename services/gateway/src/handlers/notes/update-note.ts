import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { administers } from '../../http/administers.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { Note, UpdateNote } from '../../schemas/inbox.ts';
import { noteJson } from '../../wire/inbox.ts';

const schema = {
  operationId: 'updateNote',
  summary: 'Change a note',
  description:
    'A note is its author’s: the user, or the key where it named none. With the scope `admin` (of a user: as owner) also those of others.',
  tags: ['Inbox'],
  params: Type.Object({ conversation_id: Id('conv'), note_id: Id('note') }),
  querystring: NoQuery,
  body: UpdateNote,
  response: { 200: Note },
};

export function updateNote(app: App, deps: Deps): void {
  app.patch('/v1/conversations/:conversation_id/notes/:note_id', { schema, config: { auth: { scope: 'write' } } }, async (request) => {
    const changed = await deps.inbox.updateNote({
      context: commandOf(request),
      conversationId: requireId('conversation', 'conversation', request.params.conversation_id),
      noteId: requireId('note', 'note', request.params.note_id),
      text: request.body.text,
      anyAuthor: administers(request),
    });
    return noteJson(changed);
  });
}
