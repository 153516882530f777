import type { ListOptOutHistoryRequest, ListOptOutHistoryResponse } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { listOptOutHistory } from '../../store/contact/opt-out-queries.ts';
import type { Store } from '../../store/store.ts';
import { optOutChangeToWire } from '../../wire/opt-out.ts';
import { pageSize } from '../../wire/page.ts';

/** Newest first: by whose word the address left and came back. */
export async function handleListOptOutHistory(
  { store }: { store: Store },
  request: ListOptOutHistoryRequest,
): Promise<ListOptOutHistoryResponse> {
  const { agentId, address, cursor } = request;
  const found = await listOptOutHistory(store, request.workspaceId, { agentId, address, size: pageSize(request.pageSize), cursor });
  return { history: found.rows.map(optOutChangeToWire), nextCursor: found.next };
}
