import type { ListOptOutsRequest, ListOptOutsResponse } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { listOptOuts } from '../../store/contact/opt-out-queries.ts';
import type { Store } from '../../store/store.ts';
import { optOutToWire } from '../../wire/opt-out.ts';
import { pageSize } from '../../wire/page.ts';

export async function handleListOptOuts({ store }: { store: Store }, request: ListOptOutsRequest): Promise<ListOptOutsResponse> {
  const { agentId, address, cursor } = request;
  const found = await listOptOuts(store, request.workspaceId, {
    ...(agentId !== undefined && { agentId }),
    ...(address !== undefined && { address }),
    size: pageSize(request.pageSize),
    cursor,
  });
  return { optOuts: found.rows.map(optOutToWire), nextCursor: found.next };
}
