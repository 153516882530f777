import type { ContactRecord, CreateContactRequest } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { addressesAfter, loadContactState } from '../../commands/contacts.ts';
import { decideOnce } from '../../commands/run.ts';
import { newContact } from '../../domain/contact/contact.ts';
import { changeContact, recordContactChange } from '../../domain/contact/contact-rules.ts';
import type { Store } from '../../store/store.ts';
import { contactCodec, contactPatch, contactRecord, wantedAddresses } from '../../wire/contact.ts';
import { contextFromWire } from '../../wire/context.ts';

export function handleCreateContact({ store }: { store: Store }, request: CreateContactRequest): Promise<ContactRecord> {
  const context = contextFromWire(request.context);
  const patch = contactPatch(request, ['name', 'phone', 'email', 'attributes']);
  return decideOnce(store, {
    context,
    codec: contactCodec,
    load: (pipeline) => loadContactState(pipeline, context, { ids: [], wanted: wantedAddresses(patch) }),
    decide: (ledger, at) => {
      const contact = newContact(ledger, context.workspaceId, {});
      const changed = changeContact(ledger, contact, patch, { owners: at.owners, own: [] });
      if ('code' in changed) return changed;
      recordContactChange(ledger, contact, { action: 'created', detail: {}, actor: context.actor });
      const addresses = addressesAfter(at, contact.contact_id, ledger.also);
      return contactRecord({ row: contact, addresses, mergedIds: [], conversations: 0 });
    },
  });
}
