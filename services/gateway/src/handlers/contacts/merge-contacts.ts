import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { ContactRecord, MergeContacts } from '../../schemas/contact.ts';
import { contactRecordJson } from '../../wire/contact.ts';

const schema = {
  operationId: 'mergeContacts',
  summary: 'Merge another contact into this one',
  description:
    'Addresses and conversations of `from` become this contact’s; each conversation keeps its channel, account and address. Where both have a value, ' +
    'this contact’s stays; what only `from` has is taken over. The id of `from` answers with this contact from then on. It cannot be undone.',
  tags: ['Contacts'],
  params: Type.Object({ contact_id: Id('ctc') }),
  querystring: NoQuery,
  body: MergeContacts,
  response: { 200: ContactRecord },
};

export function mergeContacts(app: App, deps: Deps): void {
  app.post('/v1/contacts/:contact_id/merge', { schema, config: { auth: { scope: 'write' } } }, async (request) => {
    const contactId = requireId('contact', 'contact', request.params.contact_id);
    const fromContactId = requireId('contact', 'contact', request.body.from);
    return contactRecordJson(await deps.contacts.mergeContacts({ context: commandOf(request), contactId, fromContactId }));
  });
}
