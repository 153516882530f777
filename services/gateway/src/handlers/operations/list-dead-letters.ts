import type { ListDeadLettersResponse } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
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

/** Services are listed one after the other: a cursor of the second begins with `d:`. */
const sources = ['c', 'd'] as const;

export function listDeadLetters(app: App, deps: Deps): void {
  const list = { c: deps.deadLetters.conversationState.listDeadLetters, d: deps.deadLetters.dispatcher.listDeadLetters };
  app.get('/v1/dead-letters', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { page_size = 50, page_token } = request.query;
    const start = deps.pageTokens.open(request, page_token) || 'c:';
    let source = sources.indexOf(start.slice(0, 1) as 'c' | 'd');
    if (source < 0) throw new BatonError('invalid_page_token', 'page_token is not one that this list gave.');
    let cursor = start.slice(2);
    const letters: ListDeadLettersResponse['deadLetters'] = [];
    for (; source < sources.length && letters.length < page_size; source++, cursor = '') {
      const page = await list[sources[source]!]({ workspaceId, pageSize: page_size - letters.length, cursor });
      letters.push(...page.deadLetters);
      if (page.nextCursor !== '') {
        cursor = page.nextCursor;
        break;
      }
    }
    const more = source < sources.length ? `${sources[source]}:${cursor}` : '';
    return { dead_letters: letters.map(deadLetterJson), next_page_token: deps.pageTokens.sign(request, more) };
  });
}
