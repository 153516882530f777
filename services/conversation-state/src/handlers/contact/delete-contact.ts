import { type DeleteContactRequest, DeleteContactResponse } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { contactIn, loadContactState, viewOf } from '../../commands/contacts.ts';
import { decideOnce } from '../../commands/run.ts';
import { recordContactChange } from '../../domain/contact/contact-rules.ts';
import { removeAddresses, removeContact } from '../../store/contact/contacts.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';

const codec = { kind: 'delete_contact', encode: DeleteContactResponse.encode, decode: DeleteContactResponse.decode };

/** A contact that nobody has talked to leaves nothing but its history. */
export function handleDeleteContact({ store }: { store: Store }, request: DeleteContactRequest): Promise<DeleteContactResponse> {
  const context = contextFromWire(request.context);
  return decideOnce(store, {
    context,
    codec,
    load: (pipeline) => loadContactState(pipeline, context, { ids: [request.contactId] }),
    decide: (ledger, at, steps) => {
      const contact = contactIn(at, request.contactId);
      if (contact instanceof Error) return contact;
      const { conversations } = viewOf(at, contact);
      if (conversations > 0)
        return new BatonError(
          'conflict',
          `The contact has ${conversations} conversations. Erase it with ?erase=true, or merge it into another contact.`,
        );
      const values = [contact.contact_id];
      steps.push({ statement: removeAddresses, values }, { statement: removeContact, values });
      recordContactChange(ledger, contact, { action: 'deleted', detail: {}, actor: context.actor });
      return { contactId: contact.contact_id };
    },
  });
}
