import type { ContactRecord, MergeContactsRequest } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import type { Pipeline } from '@baton/db/pipeline.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import { type ContactView, contactIn, loadContactState, viewOf } from '../../commands/contacts.ts';
import { decideOnce } from '../../commands/run.ts';
import type { CommandContext } from '../../commands/state.ts';
import { mergeContacts, recordContactChange } from '../../domain/contact/contact-rules.ts';
import {
  loadOpenConversationsOfContacts,
  lockConversationsOfContacts,
  moveAddresses,
  moveClosedConversations,
  moveTombstones,
} from '../../store/contact/contacts.ts';
import type { Store } from '../../store/store.ts';
import { contactCodec, contactRecord } from '../../wire/contact.ts';
import { contextFromWire } from '../../wire/context.ts';

/** Two contacts become one, in one commit. Whatever comes in meanwhile finds either both or the one. */
export function handleMergeContacts({ store }: { store: Store }, request: MergeContactsRequest): Promise<ContactRecord> {
  const context = contextFromWire(request.context);
  const ids = [request.contactId, request.fromContactId];
  return decideOnce(store, {
    context,
    codec: contactCodec,
    load: (pipeline) => load(pipeline, context, ids),
    decide: (ledger, at, steps) => {
      const into = contactIn(at, request.contactId);
      if (into instanceof Error) return into;
      const from = contactIn(at, request.fromContactId);
      if (from instanceof Error) return from;
      if (into.contact_id === from.contact_id) return invalidField('/from', 'is this very contact');
      const refused = mergeContacts(ledger, { into, from, open: at.open });
      if (refused) return refused;
      const values = [from.contact_id, into.contact_id];
      for (const statement of [moveAddresses, moveClosedConversations, moveTombstones]) steps.push({ statement, values });
      for (const contact of [into, from])
        recordContactChange(ledger, contact, {
          action: 'merged',
          detail: { into: into.contact_id, from: from.contact_id },
          actor: context.actor,
        });
      return contactRecord(merged(viewOf(at, ledger.contact(into)), viewOf(at, from)));
    },
  });
}

/** Conversations before contacts, as the inbound path takes them. */
async function load(pipeline: Pipeline, context: CommandContext, ids: string[]) {
  await pipeline.run([{ statement: lockConversationsOfContacts, values: [ids] }]);
  const state = await loadContactState(pipeline, context, { ids });
  const [open] = await pipeline.run([{ statement: loadOpenConversationsOfContacts, values: [ids] }]);
  return { ...state, open };
}

function merged(into: ContactView, from: ContactView): ContactView {
  return {
    row: into.row,
    addresses: [...into.addresses, ...from.addresses],
    mergedIds: [...into.mergedIds, ...from.mergedIds, from.row.contact_id],
    conversations: into.conversations + from.conversations,
  };
}
