import type { ModeChangeResponse, ResumeAiRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { runCommand } from '../../commands/run.ts';
import { resumeAi } from '../../domain/update-conversation.ts';
import type { Events } from '../../events.ts';
import { unansweredMessages } from '../../store/queries.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';
import { modeChangeToAnswer } from '../../wire/mode-change.ts';
import { modeChangeCodec } from './update-conversation.ts';

/** Gives a conversation back to the AI; with `dispatch_pending` it also answers what the customer wrote since the last word from our side. */
export async function handleResumeAi(
  { store, events }: { store: Store; events: Events },
  request: ResumeAiRequest,
): Promise<ModeChangeResponse> {
  const context = contextFromWire(request.context);
  // Read before the lock: a message that arrives in between is suppressed as mode_human, or answered as any other once the mode is ai.
  const unanswered = request.dispatchPending ? await unansweredMessages(store, context.workspaceId, request.conversationId) : [];
  const answer = await runCommand(store, {
    context,
    conversationId: request.conversationId,
    codec: modeChangeCodec,
    decide: (ledger, loaded) => {
      const outcome = resumeAi(ledger, loaded, {
        actor: context.actor,
        unanswered,
        ...(request.ifModeEpoch !== undefined && { ifModeEpoch: request.ifModeEpoch }),
      });
      return 'code' in outcome ? outcome : modeChangeToAnswer(ledger, loaded, outcome);
    },
  });
  if (answer.changed) {
    events.modeChanged({
      conversationId: request.conversationId,
      from: answer.fromMode,
      to: answer.toMode,
      epoch: answer.conversation?.modeEpoch ?? 0,
    });
  }
  return answer;
}
