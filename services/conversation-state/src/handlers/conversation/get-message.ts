import type { GetMessageRequest, GetMessageResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { getMessage } from '../../store/queries.ts';
import type { Store } from '../../store/store.ts';
import { messageToWire } from '../../wire/conversation.ts';

export async function handleGetMessage({ store }: { store: Store }, request: GetMessageRequest): Promise<GetMessageResponse> {
  const row = await getMessage(store, request.workspaceId, request.messageId);
  return {
    message: messageToWire(row),
    channelAccountId: row.channel_account_id,
    // What we sent has been claimed first; what a colleague sent from the provider's own inbox has not.
    cameByProvider: row.claim === 0 && row.provider_message_id !== null,
    statusHistory: row.status_history.map((step) => ({ status: step.status, at: new Date(step.at), detail: step.detail ?? undefined })),
  };
}
