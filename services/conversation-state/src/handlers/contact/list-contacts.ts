import type { ListContactsRequest, ListContactsResponse } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { listContacts } from '../../store/contact/contact-queries.ts';
import type { Store } from '../../store/store.ts';
import { contactRecord } from '../../wire/contact.ts';
import { pageSize } from '../../wire/page.ts';

export async function handleListContacts({ store }: { store: Store }, request: ListContactsRequest): Promise<ListContactsResponse> {
  const { phone, email, name, attributes } = request;
  const found = await listContacts(store, request.workspaceId, {
    filter: {
      attributes,
      ...(phone !== undefined && { phone }),
      ...(email !== undefined && { email }),
      ...(name !== undefined && { name }),
    },
    size: pageSize(request.pageSize),
    cursor: request.cursor,
  });
  return { contacts: found.rows.map(contactRecord), nextCursor: found.next };
}
