import type { GetMessageRequest, GetMessageResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { getMessage } from '../../store/queries.ts';
import type { Store } from '../../store/store.ts';
import { messageToWire } from '../../wire/conversation.ts';

export async function handleGetMessage({ store }: { store: Store }, request: GetMessageRequest): Promise<GetMessageResponse> {
  const row = await getMessage(store, request.workspaceId, request.messageId);
  return {
    message: messageToWire(row),
    statusHistory: row.status_history.map((step) => ({ status: step.status, at: new Date(step.at), detail: step.detail ?? undefined })),
  };
}
