import { type App, commandOf, type Deps } from '../../context.ts';
import { NoQuery } from '../../schemas/common.ts';
import { ContactRecord, CreateContact } from '../../schemas/contact.ts';
import { contactRecordJson } from '../../wire/contact.ts';
import { checkedMetadata } from '../../wire/conversation.ts';
import { givenAddresses } from './given-addresses.ts';

const schema = {
  operationId: 'createContact',
  summary: 'Make a contact',
  description: 'A phone number or e-mail address belongs to one contact of a workspace: 409 names the one that has it.',
  tags: ['Contacts'],
  querystring: NoQuery,
  body: CreateContact,
  response: { 201: ContactRecord },
};

export function createContact(app: App, deps: Deps): void {
  app.post('/v1/contacts', { schema, config: { auth: { scope: 'write' } } }, async (request, reply) => {
    const { body } = request;
    const made = await deps.contacts.createContact({
      context: commandOf(request),
      name: body.name ?? undefined,
      ...givenAddresses(body),
      attributes: checkedMetadata(body.attributes, '/attributes') ?? {},
    });
    return reply.code(201).send(contactRecordJson(made));
  });
}
