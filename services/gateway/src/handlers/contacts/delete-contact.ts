import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id } from '../../schemas/common.ts';
import { DeletedContact } from '../../schemas/contact.ts';
import { erasureJson } from '../../wire/contact.ts';

const schema = {
  operationId: 'deleteContact',
  summary: 'Delete a contact, or erase everything about a person',
  description:
    'Without `erase` only a contact without conversations: 409 otherwise. `erase=true` is the privacy erasure: texts, names, attachments, addresses and all else ' +
    'that is known of the person are gone for good; numbers of messages and times stay. Open conversations are closed. Asked again, it tells how far it is.',
  tags: ['Contacts'],
  params: Type.Object({ contact_id: Id('ctc') }),
  querystring: Type.Object({ erase: Type.Optional(Type.Boolean({ default: false })) }, { additionalProperties: false }),
  response: { 200: DeletedContact },
};

export function deleteContact(app: App, deps: Deps): void {
  app.delete('/v1/contacts/:contact_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const contactId = requireId('contact', 'contact', request.params.contact_id);
    const context = commandOf(request);
    if (request.query.erase) return erasureJson(await deps.contacts.eraseContact({ context, contactId }));
    const deleted = await deps.contacts.deleteContact({ context, contactId });
    return { contact_id: deleted.contactId, deleted: true, erasure: null };
  });
}
