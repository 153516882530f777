import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { administers } from '../../http/administers.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { DeletedNote } from '../../schemas/inbox.ts';

const schema = {
  operationId: 'deleteNote',
  summary: 'Delete a note',
  description: 'By whom it may be changed.',
  tags: ['Inbox'],
  params: Type.Object({ conversation_id: Id('conv'), note_id: Id('note') }),
  querystring: NoQuery,
  response: { 200: DeletedNote },
};

export function deleteNote(app: App, deps: Deps): void {
  app.delete('/v1/conversations/:conversation_id/notes/:note_id', { schema, config: { auth: { scope: 'write' } } }, async (request) => {
    const noteId = requireId('note', 'note', request.params.note_id);
    const conversationId = requireId('conversation', 'conversation', request.params.conversation_id);
    await deps.inbox.deleteNote({ context: commandOf(request), conversationId, noteId, anyAuthor: administers(request) });
    return { note_id: noteId, deleted: true };
  });
}
