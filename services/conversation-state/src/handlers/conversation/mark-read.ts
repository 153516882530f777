import type { MarkReadRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { Conversation } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { runCommand } from '../../commands/run.ts';
import { conversationPayload } from '../../domain/payloads.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';
import { conversationToWire } from '../../wire/conversation.ts';

/** A person has seen the conversation. */
export function handleMarkRead({ store }: { store: Store }, request: MarkReadRequest): Promise<Conversation> {
  return runCommand(store, {
    context: contextFromWire(request.context),
    conversationId: request.conversationId,
    codec: { kind: 'conversation', encode: Conversation.encode, decode: Conversation.decode },
    decide: (ledger, loaded) => {
      const conversation = ledger.conversation(loaded.conversation);
      if (conversation.unread) {
        conversation.unread = false;
        ledger.emit(conversation, 'conversation.updated', conversationPayload(conversation));
      }
      return conversationToWire(conversation, loaded);
    },
  });
}
