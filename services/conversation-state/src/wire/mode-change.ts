import type { ModeChangeResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { LoadedConversation } from '../commands/state.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { ModeOutcome } from '../domain/update-conversation.ts';
import { conversationToWire, messageToWire } from './conversation.ts';

/** The conversation after a command, and what may still arrive: the AI's messages that a provider has, or may have although nobody can say so. */
export function modeChangeToAnswer(ledger: Ledger, loaded: LoadedConversation, outcome: ModeOutcome): ModeChangeResponse {
  const sending = loaded.openSends.map((row) => ledger.message(row)).filter((row) => row.author === 'ai' && row.status === 'sending');
  const inFlight = [...loaded.doubtfulSends, ...sending];
  return {
    conversation: conversationToWire({ ...ledger.conversation(loaded.conversation), updated_at: ledger.now }, loaded),
    changed: outcome.changed,
    fromMode: outcome.from,
    toMode: outcome.to,
    drained: inFlight.length === 0,
    inFlight: inFlight.map(messageToWire),
  };
}
