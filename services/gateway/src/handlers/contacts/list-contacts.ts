import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireAddress } from '../../http/parameters.ts';
import { ContactList, ContactListQuery } from '../../schemas/contact.ts';
import { contactRecordJson } from '../../wire/contact.ts';

const schema = {
  operationId: 'listContacts',
  summary: 'List contacts, newest first',
  tags: ['Contacts'],
  querystring: ContactListQuery,
  response: { 200: ContactList },
};

export function listContacts(app: App, deps: Deps): void {
  app.get('/v1/contacts', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size = 50, page_token, phone, email, name, attribute } = request.query;
    const page = await deps.contacts.listContacts({
      workspaceId: workspaceOf(request),
      pageSize: page_size,
      cursor: deps.pageTokens.open(request, page_token),
      phone: phone === undefined ? undefined : requireAddress('sms', 'phone', phone),
      email: email === undefined ? undefined : requireAddress('email', 'email', email),
      name,
      attributes: attributeOf(attribute),
    });
    return { contacts: page.contacts.map(contactRecordJson), next_page_token: deps.pageTokens.sign(request, page.nextCursor) };
  });
}

/** `<name>:<value>`; the value may have colons itself. */
function attributeOf(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  const colon = text.indexOf(':');
  return { [text.slice(0, colon)]: text.slice(colon + 1) };
}
