import type { SendMessageRequest, SendResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { runCommand } from '../../commands/run.ts';
import type { JsonObject } from '../../domain/rows.ts';
import { sendByHand } from '../../domain/send-by-hand.ts';
import type { Events } from '../../events.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';
import { attachmentFromWire, templateFromWire } from '../../wire/conversation.ts';
import { sendCodec, sendToAnswer } from '../../wire/send.ts';

/** A person writes into a conversation; that takes it over unless they say otherwise. */
export async function handleSendMessage(
  { store, events }: { store: Store; events: Events },
  request: SendMessageRequest,
): Promise<SendResponse> {
  const context = contextFromWire(request.context);
  const answer = await runCommand(store, {
    context,
    conversationId: request.conversationId,
    codec: sendCodec,
    decide: (ledger, loaded) => {
      const sent = sendByHand(ledger, loaded, {
        author: 'human',
        text: request.text,
        attachments: request.attachments.map(attachmentFromWire),
        template: templateFromWire(request.template),
        senderName: request.senderName ?? null,
        metadata: (request.metadata ?? {}) as JsonObject,
        takeover: request.takeover,
        ...(request.takeoverTimeoutSeconds !== undefined && { timeoutSeconds: request.takeoverTimeoutSeconds }),
        actor: context.actor,
      });
      return 'code' in sent ? sent : sendToAnswer(ledger, loaded, sent);
    },
  });
  if (answer.takeover) {
    events.modeChanged({
      conversationId: request.conversationId,
      from: answer.takeover.fromMode,
      to: answer.takeover.toMode,
      epoch: answer.takeover.conversation?.modeEpoch ?? 0,
    });
  }
  return answer;
}
