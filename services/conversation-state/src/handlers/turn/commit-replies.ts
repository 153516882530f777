import type { CommitRepliesRequest, CommitRepliesResponse } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import type { Events } from '../../events.ts';
import type { Store } from '../../store/store.ts';
import { type CommitReplyCommand, commitReplies } from '../../turns/commit-replies.ts';
import { commitReplyFromWire, outboundToWire } from '../../wire/turn.ts';

export async function handleCommitReplies(
  { store, events }: { store: Store; events: Events },
  request: CommitRepliesRequest,
): Promise<CommitRepliesResponse> {
  const commands = await placeReplies(store, request.replies.map(commitReplyFromWire));
  const answers = await commitReplies(store, commands);
  events.repliesCommitted(answers);
  return {
    results: answers.map((answer) =>
      answer.kind === 'not_found'
        ? { kind: answer.kind, outcome: '', messageIds: [], claimed: undefined }
        : {
            kind: answer.kind,
            outcome: answer.outcome,
            messageIds: answer.messageIds,
            claimed: answer.claimed && outboundToWire(answer.claimed, false),
          },
    ),
  };
}

/** An answer by REST names its dispatch alone. A dispatch never changes its conversation, so looking before the lock is taken is safe. */
async function placeReplies(store: Store, commands: CommitReplyCommand[]): Promise<CommitReplyCommand[]> {
  const homeless = commands.filter(({ conversationId }) => conversationId === '');
  if (homeless.length === 0) return commands;
  const workspaceIds = homeless.map(({ workspaceId }) => workspaceId);
  const dispatchIds = homeless.map(({ dispatchId }) => dispatchId);
  const found = await inWorkspaces(store.db, workspaceIds, (trx) =>
    trx.selectFrom('conversation.dispatch').select(['dispatch_id', 'conversation_id']).where('dispatch_id', 'in', dispatchIds).execute(),
  );
  const homes = new Map(found.map((row) => [row.dispatch_id, row.conversation_id]));
  return commands.map((command) =>
    command.conversationId === '' ? { ...command, conversationId: homes.get(command.dispatchId) ?? '' } : command,
  );
}
