import type { ContactRecord, GetContactRequest } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { getContact } from '../../store/contact/contact-queries.ts';
import type { Store } from '../../store/store.ts';
import { contactRecord } from '../../wire/contact.ts';

export async function handleGetContact({ store }: { store: Store }, request: GetContactRequest): Promise<ContactRecord> {
  return contactRecord(await getContact(store, request.workspaceId, request.contactId));
}
