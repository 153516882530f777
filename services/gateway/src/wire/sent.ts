import type { SendResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { SentMessage } from '../schemas/message.ts';
import { present } from './conversation.ts';
import { messageJson } from './message.ts';

/** A queued message, with the mode change that sending it implied. */
export function sentJson(answer: SendResponse): SentMessage {
  const { takeover } = answer;
  const message = messageJson(present(answer.message));
  return {
    ...message,
    message_ids: [message.message_id, ...answer.further.map((one) => one.messageId)],
    takeover: takeover
      ? {
          changed: takeover.changed,
          from_mode: takeover.fromMode,
          to_mode: takeover.toMode,
          mode_epoch: present(takeover.conversation ?? answer.conversation).modeEpoch,
          drained: takeover.drained,
          in_flight: takeover.inFlight.map(messageJson),
        }
      : null,
  };
}
