import type { ContactRecord, UpdateContactRequest } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { addressesAfter, contactIn, loadContactState, viewOf } from '../../commands/contacts.ts';
import { decideOnce } from '../../commands/run.ts';
import { changeContact, recordContactChange } from '../../domain/contact/contact-rules.ts';
import type { Store } from '../../store/store.ts';
import { contactCodec, contactPatch, contactRecord, wantedAddresses } from '../../wire/contact.ts';
import { contextFromWire } from '../../wire/context.ts';

/** PATCH: what is not named stays, attributes are merged. A patch that changes nothing leaves no trace. */
export function handleUpdateContact({ store }: { store: Store }, request: UpdateContactRequest): Promise<ContactRecord> {
  const context = contextFromWire(request.context);
  const patch = contactPatch(request, request.fields);
  return decideOnce(store, {
    context,
    codec: contactCodec,
    load: (pipeline) => loadContactState(pipeline, context, { ids: [request.contactId], wanted: wantedAddresses(patch) }),
    decide: (ledger, at) => {
      const loaded = contactIn(at, request.contactId);
      if (loaded instanceof Error) return loaded;
      const contact = ledger.contact(loaded);
      const own = at.addresses.filter((one) => one.contact_id === contact.contact_id);
      const changed = changeContact(ledger, contact, patch, { owners: at.owners, own });
      if ('code' in changed) return changed;
      if (changed.length > 0) {
        contact.updated_at = ledger.now;
        recordContactChange(ledger, contact, { action: 'updated', detail: { fields: changed }, actor: context.actor });
      }
      return contactRecord({ ...viewOf(at, contact), addresses: addressesAfter(at, contact.contact_id, ledger.also) });
    },
  });
}
