import type { Bus } from '@baton/bus/connect.ts';
import {
  DeleteContactResponse,
  type EraseContactRequest,
  type Erasure,
} from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import { workForCaller } from '../../backlog/backlog.ts';
import { contactIn, viewOf } from '../../commands/contacts.ts';
import { erasureSteps, loadForErasure } from '../../commands/erase-contact.ts';
import { decideOnce } from '../../commands/run.ts';
import { sealContact } from '../../domain/contact/erase-contact.ts';
import { eraseSome } from '../../erasure/run.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';

const codec = { kind: 'erase_contact', encode: DeleteContactResponse.encode, decode: DeleteContactResponse.decode };

/** Privacy erasure. Once it is answered nobody is behind the contact; asked again, it tells how far it is. */
export async function handleEraseContact(deps: { store: Store; bus: Bus }, request: EraseContactRequest): Promise<Erasure> {
  const { store } = deps;
  const context = contextFromWire(request.context);
  const { contactId } = await decideOnce(store, {
    context,
    codec,
    load: (pipeline) => loadForErasure(pipeline, context, request.contactId),
    decide: (ledger, at, steps) => {
      const erased = at.contacts.find((row) => row.erased_at !== null);
      if (erased) return { contactId: erased.contact_id };
      const contact = contactIn(at, request.contactId);
      if (contact instanceof Error) return contact;
      sealContact(ledger, { contact, open: at.open, openSends: at.openSends, turns: at.turns }, context.actor);
      const { conversations } = viewOf(at, contact);
      const about = { contactId: contact.contact_id, addresses: at.remoteAddresses, conversations, now: ledger.now };
      steps.push(...erasureSteps(context, about));
      return { contactId: contact.contact_id };
    },
  });
  const at = { workspaceId: context.workspaceId, contactId };
  await workForCaller({ isRunning: () => isRunning(store, at), goOn: () => eraseSome(deps, at) });
  return inWorkspaces(store.db, [at.workspaceId], async (trx) => {
    const row = await trx.selectFrom('conversation.erasure').selectAll().where('contact_id', '=', contactId).executeTakeFirstOrThrow();
    return {
      contactId,
      state: row.state === 'running' ? 'running' : 'done',
      conversations: row.conversations,
      messages: row.messages,
      requestedAt: row.requested_at,
      erasedAt: row.erased_at ?? undefined,
    };
  });
}

async function isRunning(store: Store, at: { workspaceId: string; contactId: string }): Promise<boolean> {
  const row = await inWorkspaces(store.db, [at.workspaceId], (trx) =>
    trx.selectFrom('conversation.erasure').select('state').where('contact_id', '=', at.contactId).executeTakeFirst(),
  );
  return row?.state === 'running';
}
