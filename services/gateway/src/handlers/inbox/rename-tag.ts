import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { NoQuery } from '../../schemas/common.ts';
import { RenameTag, TagChange } from '../../schemas/inbox.ts';
import { tagChangeJson } from '../../wire/inbox.ts';

const schema = {
  operationId: 'renameTag',
  summary: 'Rename a tag, or merge it into another one',
  description:
    'In every conversation that has it, open or closed; each publishes `conversation.updated`. Many take a while: asked again, it tells how far it is. ' +
    'A name that is in use is refused (409), unless `merge` is true.',
  tags: ['Inbox'],
  params: Type.Object({ tag_name: Type.String({ examples: ['vip'] }) }),
  querystring: NoQuery,
  body: RenameTag,
  response: { 200: TagChange },
};

export function renameTag(app: App, deps: Deps): void {
  app.patch('/v1/tags/:tag_name', { schema, config: { auth: { scope: 'write' } } }, async (request) => {
    const { name: becomes, merge = false } = request.body;
    return tagChangeJson(await deps.inbox.changeTag({ context: commandOf(request), tag: request.params.tag_name, becomes, merge }));
  });
}
