import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { CreateNote, Note } from '../../schemas/inbox.ts';
import { noteJson } from '../../wire/inbox.ts';

const schema = {
  operationId: 'createNote',
  summary: 'Note something about a conversation, for people only',
  description: 'Also about a closed one. It changes nobody’s turn: whoever answers goes on answering.',
  tags: ['Inbox'],
  params: Type.Object({ conversation_id: Id('conv') }),
  querystring: NoQuery,
  body: CreateNote,
  response: { 201: Note },
};

export function createNote(app: App, deps: Deps): void {
  app.post('/v1/conversations/:conversation_id/notes', { schema, config: { auth: { scope: 'write' } } }, async (request, reply) => {
    const conversationId = requireId('conversation', 'conversation', request.params.conversation_id);
    const made = await deps.inbox.createNote({ context: commandOf(request), conversationId, text: request.body.text });
    return reply.code(201).send(noteJson(made));
  });
}
