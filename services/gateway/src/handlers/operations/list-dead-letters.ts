import { type App, type Deps, workspaceOf } from '../../context.ts';
import { PageQuery } from '../../schemas/common.ts';
import { DeadLetterList } from '../../schemas/operations.ts';
import { deadLetterJson } from '../../wire/dead-letter.ts';

const schema = {
  operationId: 'listDeadLetters',
  summary: 'List what could not be handled',
  tags: ['Operations'],
  querystring: PageQuery,
  response: { 200: DeadLetterList },
};

/** One list of what two services keep. Ids sort by time, so the place after a row is the same in both: the cursor is the id of the last row shown. */
export function listDeadLetters(app: App, deps: Deps): void {
  const { conversationState, dispatcher } = deps.deadLetters;
  app.get('/v1/dead-letters', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const { page_size = 50, page_token } = request.query;
    const asked = { workspaceId: workspaceOf(request), pageSize: page_size, cursor: deps.pageTokens.open(request, page_token) };
    const pages = await Promise.all([conversationState.listDeadLetters(asked), dispatcher.listDeadLetters(asked)]);
    const merged = pages.flatMap((page) => page.deadLetters).sort((a, b) => (a.deadLetterId < b.deadLetterId ? 1 : -1));
    const letters = merged.slice(0, page_size);
    const more = merged.length > page_size || pages.some((page) => page.nextCursor !== '');
    return {
      dead_letters: letters.map(deadLetterJson),
      next_page_token: deps.pageTokens.sign(request, more ? (letters.at(-1)?.deadLetterId ?? '') : ''),
    };
  });
}
