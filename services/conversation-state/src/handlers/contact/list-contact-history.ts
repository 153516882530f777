import type { ListContactHistoryRequest, ListContactHistoryResponse } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { listContactHistory } from '../../store/contact/contact-queries.ts';
import type { Store } from '../../store/store.ts';
import { contactChangeToWire } from '../../wire/contact.ts';
import { pageSize } from '../../wire/page.ts';

/** Newest first; also of a contact that is deleted, merged or erased. */
export async function handleListContactHistory(
  { store }: { store: Store },
  request: ListContactHistoryRequest,
): Promise<ListContactHistoryResponse> {
  const { contactId, cursor } = request;
  const found = await listContactHistory(store, request.workspaceId, { contactId, size: pageSize(request.pageSize), cursor });
  return { history: found.rows.map(contactChangeToWire), nextCursor: found.next };
}
