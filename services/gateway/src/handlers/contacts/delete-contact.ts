import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { DeletedContact } from '../../schemas/contact.ts';

const schema = {
  operationId: 'deleteContact',
  summary: 'Delete a contact',
  description: 'Only one without conversations: 409 otherwise.',
  tags: ['Contacts'],
  params: Type.Object({ contact_id: Id('ctc') }),
  querystring: NoQuery,
  response: { 200: DeletedContact },
};

export function deleteContact(app: App, deps: Deps): void {
  app.delete('/v1/contacts/:contact_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const contactId = requireId('contact', 'contact', request.params.contact_id);
    const deleted = await deps.contacts.deleteContact({ context: commandOf(request), contactId });
    return { contact_id: deleted.contactId, deleted: true };
  });
}
