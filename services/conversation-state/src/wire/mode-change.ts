import type { ModeChangeResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { LoadedConversation } from '../commands/state.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { ModeOutcome } from '../domain/update-conversation.ts';
import { conversationToWire, messageToWire } from './conversation.ts';

/** The conversation after a command, and what was truly on its way to a provider when the mode changed. */
export function modeChangeToAnswer(ledger: Ledger, loaded: LoadedConversation, outcome: ModeOutcome): ModeChangeResponse {
  const inFlight = loaded.openSends.map((row) => ledger.message(row)).filter((row) => row.author === 'ai' && row.status === 'sending');
  return {
    conversation: conversationToWire({ ...ledger.conversation(loaded.conversation), updated_at: ledger.now }, loaded),
    changed: outcome.changed,
    fromMode: outcome.from,
    toMode: outcome.to,
    drained: inFlight.length === 0,
    inFlight: inFlight.map(messageToWire),
  };
}
