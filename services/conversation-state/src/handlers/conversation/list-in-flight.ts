import type { ListInFlightRequest, ListInFlightResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { listInFlight } from '../../store/queries.ts';
import type { Store } from '../../store/store.ts';
import { messageToWire } from '../../wire/conversation.ts';

export async function handleListInFlight({ store }: { store: Store }, request: ListInFlightRequest): Promise<ListInFlightResponse> {
  const rows = await listInFlight(store, request.workspaceId, request.conversationId);
  return { inFlight: rows.map(messageToWire) };
}
