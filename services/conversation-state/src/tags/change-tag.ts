import { type Pipeline, type Step, statement } from '@baton/db/pipeline.ts';
import { BatonError, invalidField, notFound } from '@baton/errors/baton-error.ts';
import { type CommandContext, findResult, type StoredAnswer, storedResult } from '../commands/state.ts';
import type { TagChangeRow } from '../domain/inbox/rows.ts';

export const tagChangeDates = ['requested_at', 'done_at'] as const;

const findChange = statement<TagChangeRow>(
  'find_tag_change',
  'select * from conversation.tag_change where workspace_id = $1 and tag = $2',
  tagChangeDates,
);
const inUse = statement<{ tag: string }>(
  'tags_in_use',
  `select t.tag from unnest($2::text[]) as t(tag) where exists (
     select 1 from conversation.conversation_tag c where c.workspace_id = $1 and c.tag = t.tag)`,
);
const forgetChange = statement<unknown>(
  'forget_tag_change',
  `delete from conversation.tag_change where workspace_id = $1 and tag = $2 and state = 'done'`,
);
const beginChange = statement<unknown>(
  'begin_tag_change',
  `insert into conversation.tag_change (workspace_id, tag, becomes, state, place, conversations, actor_kind, actor_id, requested_at)
   values ($1, $2, $3, 'running', '', 0, $4, $5, $6)`,
);

export interface TagChangeAsked {
  tag: string;
  becomes: string | null;
  merge: boolean;
}

export interface TagChangeState {
  /** The last change of the tag, which may still run. */
  last: TagChangeRow | undefined;
  inUse: string[];
  earlier: StoredAnswer | undefined;
}

export async function loadTagChange(pipeline: Pipeline, context: CommandContext, asked: TagChangeAsked): Promise<TagChangeState> {
  const [earlier, [last], used] = await pipeline.run([
    findResult(context.commandId),
    { statement: findChange, values: [context.workspaceId, asked.tag] },
    { statement: inUse, values: [context.workspaceId, [asked.tag, ...(asked.becomes === null ? [] : [asked.becomes])]] },
  ]);
  return { last, inUse: used.map((one) => one.tag), earlier: storedResult(earlier) };
}

/**
 * The steps that begin the change; none when the same one runs, or has run and nothing has the tag any more: whoever asks again is told how far it is.
 * Two that begin at once: the second meets the primary key and looks again.
 */
export function beginTagChange(
  context: CommandContext,
  at: TagChangeState,
  asked: TagChangeAsked,
  now: Date,
): Step<unknown>[] | BatonError {
  const { tag, becomes } = asked;
  const { last } = at;
  const same = last?.becomes === becomes;
  if (last?.state === 'running')
    return same ? [] : new BatonError('conflict', 'The tag is being changed to something else; wait until that is done.');
  if (!at.inUse.includes(tag)) return same ? [] : notFound('tag', tag);
  if (becomes === tag) return invalidField('/name', 'is the name that the tag has');
  if (becomes !== null && !asked.merge && at.inUse.includes(becomes))
    return new BatonError('conflict', 'There is a tag of that name; with "merge": true the two become one.', {
      problems: [{ path: '/name', message: 'is in use' }],
    });
  const { workspaceId, actor } = context;
  return [
    { statement: forgetChange, values: [workspaceId, tag] },
    { statement: beginChange, values: [workspaceId, tag, becomes, actor.kind, actor.id, now] },
  ];
}
