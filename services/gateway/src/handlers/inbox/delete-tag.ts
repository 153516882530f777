import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { NoQuery } from '../../schemas/common.ts';
import { TagChange } from '../../schemas/inbox.ts';
import { tagChangeJson } from '../../wire/inbox.ts';

const schema = {
  operationId: 'deleteTag',
  summary: 'Take a tag from every conversation that has it',
  description: 'Many take a while: asked again, it tells how far it is.',
  tags: ['Inbox'],
  params: Type.Object({ tag_name: Type.String({ examples: ['vip'] }) }),
  querystring: NoQuery,
  response: { 200: TagChange },
};

export function deleteTag(app: App, deps: Deps): void {
  app.delete('/v1/tags/:tag_name', { schema, config: { auth: { scope: 'write' } } }, async (request) =>
    tagChangeJson(
      await deps.inbox.changeTag({ context: commandOf(request), tag: request.params.tag_name, becomes: undefined, merge: false }),
    ),
  );
}
