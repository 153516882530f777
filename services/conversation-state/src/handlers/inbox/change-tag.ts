import { type ChangeTagRequest, TagChange } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { readWorkspace } from '@baton/db/scope.ts';
import { workForCaller } from '../../backlog/backlog.ts';
import { decideOnce } from '../../commands/run.ts';
import type { TagChangeRow } from '../../domain/inbox/rows.ts';
import type { Store } from '../../store/store.ts';
import { beginTagChange, loadTagChange } from '../../tags/change-tag.ts';
import { changeSomeTags, type TagInWorkspace } from '../../tags/run.ts';
import { contextFromWire } from '../../wire/context.ts';
import { tagChangeToWire, tagFromWire } from '../../wire/inbox/tags.ts';

const codec = { kind: 'change_tag', encode: TagChange.encode, decode: TagChange.decode };

/** Renames a tag, merges it into another or takes it away. What is left after a while goes on by itself; asked again, it tells how far it is. */
export async function handleChangeTag({ store }: { store: Store }, request: ChangeTagRequest): Promise<TagChange> {
  const context = contextFromWire(request.context);
  const becomes = request.becomes === undefined ? null : tagFromWire(request.becomes, '/name');
  const asked = { tag: tagFromWire(request.tag, 'tag_name'), becomes, merge: request.merge };
  const { tag } = await decideOnce(store, {
    context,
    codec,
    load: (pipeline) => loadTagChange(pipeline, context, asked),
    decide: (ledger, at, steps) => {
      const begun = beginTagChange(context, at, asked, ledger.now);
      if (begun instanceof Error) return begun;
      steps.push(...begun);
      return TagChange.fromPartial({ tag: asked.tag });
    },
  });
  const at = { workspaceId: context.workspaceId, tag };
  await workForCaller({ isRunning: async () => (await changeOf(store, at)).state === 'running', goOn: () => changeSomeTags(store, at) });
  return tagChangeToWire(await changeOf(store, at));
}

function changeOf(store: Store, at: TagInWorkspace): Promise<TagChangeRow> {
  return readWorkspace(store.db, at.workspaceId, (trx) =>
    trx
      .selectFrom('conversation.tag_change')
      .selectAll()
      .where('workspace_id', '=', at.workspaceId)
      .where('tag', '=', at.tag)
      .executeTakeFirstOrThrow(),
  );
}
