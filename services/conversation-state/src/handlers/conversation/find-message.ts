import type { FindMessageRequest, FindMessageResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { findMessage } from '../../store/queries.ts';
import type { Store } from '../../store/store.ts';
import { messageToWire } from '../../wire/conversation.ts';

export async function handleFindMessage({ store }: { store: Store }, request: FindMessageRequest): Promise<FindMessageResponse> {
  const row = await findMessage(store, request.workspaceId, request);
  return { message: row && messageToWire(row) };
}
