import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { ContactRecord } from '../../schemas/contact.ts';
import { contactRecordJson } from '../../wire/contact.ts';

const schema = {
  operationId: 'getContact',
  summary: 'Get a contact',
  description: 'The id of a contact that was merged away answers with the contact it became: compare `contact_id`.',
  tags: ['Contacts'],
  params: Type.Object({ contact_id: Id('ctc') }),
  querystring: NoQuery,
  response: { 200: ContactRecord },
};

export function getContact(app: App, deps: Deps): void {
  app.get('/v1/contacts/:contact_id', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const contactId = requireId('contact', 'contact', request.params.contact_id);
    return contactRecordJson(await deps.contacts.getContact({ workspaceId: workspaceOf(request), contactId }));
  });
}
