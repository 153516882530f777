import { type Pipeline, type Step, statement } from '@baton/db/pipeline.ts';
import type { LongWork } from '../backlog/backlog.ts';
import type { TagChangeRow } from '../domain/inbox/rows.ts';
import { replaceTag } from '../domain/inbox/tags.ts';
import type { Ledger } from '../domain/ledger.ts';
import { conversationPayload } from '../domain/payloads.ts';
import type { ConversationRow } from '../domain/rows.ts';
import { loadConversations, lockConversations } from '../store/load.ts';
import { decideAndCommit, type Store } from '../store/store.ts';
import { tagChangeDates } from './change-tag.ts';

/** So few that a customer's message waits for their locks no longer than for a batch of messages. */
const atOnce = 100;

const lockChange = statement<TagChangeRow>(
  'lock_tag_change',
  `select * from conversation.tag_change where workspace_id = $1 and tag = $2 and state = 'running' for update skip locked`,
  tagChangeDates,
);
const nextTagged = statement<{ conversation_id: string }>(
  'next_tagged',
  `select conversation_id from conversation.conversation_tag where workspace_id = $1 and tag = $2 and conversation_id > $3
   order by conversation_id limit ${atOnce}`,
);
const noteProgress = statement<unknown>(
  'note_tag_change',
  `update conversation.tag_change set place = $3, conversations = conversations + $4, state = $5, done_at = $6 where workspace_id = $1 and tag = $2`,
);

export interface TagInWorkspace {
  workspaceId: string;
  tag: string;
}

export const tagChanges = (store: Store): LongWork<TagInWorkspace> => ({
  name: 'tag_changes',
  unfinished: `select workspace_id as "workspaceId", tag from conversation.tag_change
               where state = 'running' and requested_at <= $1 order by requested_at limit 100`,
  goOn: (at) => changeSomeTags(store, at),
});

/**
 * One batch of a change, in one commit with the note of how far it came: in the order of ids, so each conversation is changed once, also where somebody puts the
 * tag back meanwhile. False when there is nothing to do now: it is over, or another instance is at it.
 */
export async function changeSomeTags(store: Store, at: TagInWorkspace): Promise<boolean> {
  const { more } = await decideAndCommit(store, [at.workspaceId], {
    what: 'command',
    load: (pipeline) => loadBatch(pipeline, at),
    decide: (ledger, loaded): { more: boolean; steps: Step<unknown>[] } => {
      if (!loaded) return { more: false, steps: [] };
      const changed = loaded.conversations.filter((one) => changeOne(ledger, one, loaded.change)).length;
      const more = loaded.ids.length === atOnce;
      const place = loaded.ids.at(-1) ?? loaded.change.place;
      const values = [at.workspaceId, at.tag, place, changed, more ? 'running' : 'done', more ? null : ledger.now];
      return { more, steps: [{ statement: noteProgress, values }] };
    },
    also: ({ steps }) => steps,
  });
  return more;
}

async function loadBatch(pipeline: Pipeline, at: TagInWorkspace) {
  const [[change]] = await pipeline.run([{ statement: lockChange, values: [at.workspaceId, at.tag] }]);
  if (!change) return undefined;
  const [next] = await pipeline.run([{ statement: nextTagged, values: [at.workspaceId, at.tag, change.place] }]);
  const ids = next.map((one) => one.conversation_id);
  const [, [conversations]] = await pipeline.readAfter({ statement: lockConversations, values: [ids] }, [
    { statement: loadConversations, values: [ids] },
  ]);
  return { change, ids, conversations };
}

/** False when the tag was taken away while we waited for the lock. */
function changeOne(ledger: Ledger, loaded: ConversationRow, change: TagChangeRow): boolean {
  if (!loaded.tags.includes(change.tag)) return false;
  const conversation = ledger.conversation(loaded);
  conversation.tags = replaceTag(conversation.tags, change.tag, change.becomes);
  ledger.emit(conversation, 'conversation.updated', conversationPayload(conversation));
  return true;
}
