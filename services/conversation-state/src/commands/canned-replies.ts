import { type Pipeline, type Step, statement } from '@baton/db/pipeline.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { CannedReplyRow } from '../domain/inbox/rows.ts';
import { type CommandContext, findResult, type StoredAnswer, storedResult } from './state.ts';

const dates = ['created_at', 'updated_at'] as const;

const lockCannedReply = statement<CannedReplyRow>(
  'lock_canned_reply',
  'select * from conversation.canned_reply where canned_reply_id = $1 for update',
  dates,
);
const findShortcut = statement<{ canned_reply_id: string }>(
  'find_shortcut',
  'select canned_reply_id from conversation.canned_reply where workspace_id = $1 and shortcut = $2',
);
const storeCannedReply = statement<unknown>(
  'store_canned_reply',
  `insert into conversation.canned_reply
     (canned_reply_id, workspace_id, shortcut, title, text, language, tags, actor_kind, actor_id, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
   on conflict (canned_reply_id) do update set shortcut = excluded.shortcut, title = excluded.title, text = excluded.text,
     language = excluded.language, tags = excluded.tags, actor_kind = excluded.actor_kind, actor_id = excluded.actor_id, updated_at = excluded.updated_at`,
);
const removeCannedReplyRow = statement<unknown>('remove_canned_reply', 'delete from conversation.canned_reply where canned_reply_id = $1');

export interface CannedReplyState {
  present: CannedReplyRow | undefined;
  /** Whose the wanted shortcut is. */
  owner: string | undefined;
  earlier: StoredAnswer | undefined;
}

/** Two that want one shortcut at once: the second meets the unique key, looks again and finds the first. */
export async function loadCannedReply(
  pipeline: Pipeline,
  context: CommandContext,
  at: { id: string; shortcut: string },
): Promise<CannedReplyState> {
  const [[present], [earlier, [owner]]] = await pipeline.readAfter({ statement: lockCannedReply, values: [at.id] }, [
    findResult(context.commandId),
    { statement: findShortcut, values: [context.workspaceId, at.shortcut] },
  ]);
  return { present, owner: owner?.canned_reply_id, earlier: storedResult(earlier) };
}

/** The step that stores it, or the refusal: another one has the shortcut. */
export function storing(row: CannedReplyRow, at: CannedReplyState): Step<unknown> | BatonError {
  if (at.owner !== undefined && at.owner !== row.canned_reply_id)
    return new BatonError('conflict', `The canned reply ${at.owner} has this shortcut.`, {
      problems: [{ path: '/shortcut', message: `belongs to ${at.owner}` }],
    });
  const { canned_reply_id, workspace_id, shortcut, title, text, language, tags, actor_kind, actor_id, created_at, updated_at } = row;
  const values = [canned_reply_id, workspace_id, shortcut, title, text, language, tags, actor_kind, actor_id, created_at, updated_at];
  return { statement: storeCannedReply, values };
}

export const removing = (id: string): Step<unknown> => ({ statement: removeCannedReplyRow, values: [id] });
