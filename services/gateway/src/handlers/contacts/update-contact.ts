import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { ContactRecord, UpdateContact } from '../../schemas/contact.ts';
import { contactRecordJson } from '../../wire/contact.ts';
import { checkedMetadata } from '../../wire/conversation.ts';
import { givenAddresses } from './given-addresses.ts';

const schema = {
  operationId: 'updateContact',
  summary: 'Change a contact',
  description:
    'Fields not given stay, null clears. `attributes` is a JSON Merge Patch (RFC 7396): null takes an attribute away. ' +
    'An address that is replaced is free again, unless a conversation of the contact goes by it.',
  tags: ['Contacts'],
  params: Type.Object({ contact_id: Id('ctc') }),
  querystring: NoQuery,
  body: UpdateContact,
  response: { 200: ContactRecord },
};

export function updateContact(app: App, deps: Deps): void {
  app.patch('/v1/contacts/:contact_id', { schema, config: { auth: { scope: 'write' } } }, async (request) => {
    const { body } = request;
    const contactId = requireId('contact', 'contact', request.params.contact_id);
    const changed = await deps.contacts.updateContact({
      context: commandOf(request),
      contactId,
      fields: Object.keys(body),
      name: body.name ?? undefined,
      ...givenAddresses(body),
      attributes: checkedMetadata(body.attributes ?? undefined, '/attributes'),
    });
    return contactRecordJson(changed);
  });
}
