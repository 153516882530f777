import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, PageQuery } from '../../schemas/common.ts';
import { NoteList } from '../../schemas/inbox.ts';
import { noteJson } from '../../wire/inbox.ts';

const schema = {
  operationId: 'listNotes',
  summary: 'List what people have noted about a conversation, newest first',
  description:
    'Notes are for people: no customer, no AI backend and no subscriber sees them. `conversation.note_changed` tells that there is something to read, without its text.',
  tags: ['Inbox'],
  params: Type.Object({ conversation_id: Id('conv') }),
  querystring: PageQuery,
  response: { 200: NoteList },
};

export function listNotes(app: App, deps: Deps): void {
  app.get('/v1/conversations/:conversation_id/notes', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size = 50, page_token } = request.query;
    const page = await deps.inbox.listNotes({
      workspaceId: workspaceOf(request),
      conversationId: requireId('conversation', 'conversation', request.params.conversation_id),
      pageSize: page_size,
      cursor: deps.pageTokens.open(request, page_token),
    });
    return { notes: page.notes.map(noteJson), next_page_token: deps.pageTokens.sign(request, page.nextCursor) };
  });
}
