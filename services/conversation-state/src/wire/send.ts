import { SendResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { LoadedConversation } from '../commands/state.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { MessageRow } from '../domain/rows.ts';
import type { ModeOutcome } from '../domain/update-conversation.ts';
import { conversationToWire, messageToWire } from './conversation.ts';
import { modeChangeToAnswer } from './mode-change.ts';

export const sendCodec = { kind: 'send', encode: SendResponse.encode, decode: SendResponse.decode };

export function sendToAnswer(
  ledger: Ledger,
  loaded: LoadedConversation,
  sent: { message: MessageRow | undefined; further?: MessageRow[]; mode: ModeOutcome },
): SendResponse {
  return {
    message: sent.message && messageToWire(sent.message),
    further: (sent.further ?? []).map(messageToWire),
    conversation: conversationToWire({ ...ledger.conversation(loaded.conversation), updated_at: ledger.now }, loaded),
    takeover: sent.mode.changed ? modeChangeToAnswer(ledger, loaded, sent.mode) : undefined,
  };
}
