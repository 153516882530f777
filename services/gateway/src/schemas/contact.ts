import { type Static, Type } from 'typebox';
import { Id, Metadata, NextPageToken, Nullable, Paging, Time, Word } from './common.ts';
import { Contact } from './conversation.ts';

export const ContactRecord = Type.Object(
  {
    ...Contact.properties,
    addresses: Type.Array(
      Type.Object(
        {
          kind: Type.String({ description: '`phone` for sms, whatsapp and voice, else the channel.', examples: ['phone'] }),
          address: Type.String({ examples: ['+14155550123'] }),
        },
        { title: 'ContactAddress' },
      ),
      { description: 'Every address that threads onto this contact.' },
    ),
    merged_ids: Type.Array(Id('ctc'), { description: 'Ids that were merged into this contact; they answer with it.' }),
    conversation_count: Type.Integer(),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'ContactRecord' },
);
export type ContactRecord = Static<typeof ContactRecord>;

export const ContactList = Type.Object({ contacts: Type.Array(ContactRecord), next_page_token: NextPageToken }, { title: 'ContactList' });

export const ContactListQuery = Type.Object(
  {
    ...Paging,
    phone: Type.Optional(
      Type.String({ maxLength: 40, description: 'Any phone number of the contact, exactly.', examples: ['+14155550123'] }),
    ),
    email: Type.Optional(Type.String({ maxLength: 320, description: 'Any e-mail address of the contact.', examples: ['ada@example.com'] })),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'A part of the name, in any letter case.' })),
    attribute: Type.Optional(
      Type.String({
        maxLength: 400,
        pattern: '^[^:]{1,100}:',
        description: '`<name>:<value>`: contacts whose attribute has exactly this value, written as text.',
        examples: ['lead_status:qualified'],
      }),
    ),
  },
  { additionalProperties: false },
);

const fields = {
  name: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 200, examples: ['Ada Lovelace'] }))),
  phone: Type.Optional(Nullable(Type.String({ maxLength: 40, description: 'E.164.', examples: ['+14155550123'] }))),
  email: Type.Optional(Nullable(Type.String({ maxLength: 320, examples: ['ada@example.com'] }))),
};

export const CreateContact = Type.Object(
  { ...fields, attributes: Type.Optional(Metadata) },
  {
    title: 'CreateContact',
    additionalProperties: false,
    examples: [{ name: 'Ada Lovelace', phone: '+14155550123', attributes: { lead_status: 'new' } }],
  },
);

export const UpdateContact = Type.Object(
  { ...fields, attributes: Type.Optional(Nullable(Metadata)) },
  {
    title: 'UpdateContact',
    additionalProperties: false,
    minProperties: 1,
    examples: [{ attributes: { lead_status: 'qualified', in_sequence: null } }],
  },
);

export const MergeContacts = Type.Object(
  { from: Id('ctc', 'The contact that is merged away.') },
  { title: 'MergeContacts', additionalProperties: false },
);

export const DeletedContact = Type.Object(
  {
    contact_id: Id('ctc'),
    deleted: Type.Boolean(),
    erasure: Nullable(
      Type.Object(
        {
          state: Word(['running', 'done'], {
            description: '`running`: the contact is gone, its messages are still being erased. Ask again.',
          }),
          conversations: Type.Integer(),
          messages: Type.Integer({ description: 'Erased so far.' }),
          requested_at: Time,
          erased_at: Nullable(Time),
        },
        { title: 'Erasure' },
      ),
    ),
  },
  { title: 'DeletedContact' },
);

const actor = {
  actor_kind: Type.String({ examples: ['api_key'] }),
  actor_id: Nullable(Type.String({ examples: ['key_01k9qg3v5e7h2m4n6p8r0s2t4v'] })),
};

export const ContactHistory = Type.Object(
  {
    history: Type.Array(
      Type.Object(
        {
          action: Type.String({ description: '`created` `updated` `merged` `deleted` `erasure_requested` `erased`' }),
          detail: Type.Record(Type.String(), Type.Unknown(), {
            description: 'Names of fields, ids, counts; never a value of the contact.',
          }),
          ...actor,
          created_at: Time,
        },
        { title: 'ContactChange' },
      ),
    ),
    next_page_token: NextPageToken,
  },
  { title: 'ContactHistory' },
);

export const OptOut = Type.Object(
  {
    agent_id: Id('agt'),
    address: Type.String({ examples: ['+14155550123'] }),
    keyword: Type.String({ description: 'The customer’s word, or `api`.', examples: ['STOP'] }),
    created_at: Time,
  },
  { title: 'OptOut' },
);

export const OptOutList = Type.Object({ opt_outs: Type.Array(OptOut), next_page_token: NextPageToken }, { title: 'OptOutList' });

export const OptOutListQuery = Type.Object(
  { ...Paging, agent_id: Type.Optional(Id('agt')), address: Type.Optional(Type.String({ minLength: 1, maxLength: 320 })) },
  { additionalProperties: false },
);

export const SetOptOut = Type.Object({ agent_id: Id('agt') }, { title: 'SetOptOut', additionalProperties: false });

export const LiftedOptOut = Type.Object(
  { agent_id: Id('agt'), address: Type.String(), lifted: Type.Boolean({ description: 'false: there was none.' }) },
  { title: 'LiftedOptOut' },
);

export const OptOutHistory = Type.Object(
  {
    history: Type.Array(
      Type.Object(
        { action: Type.String({ description: '`opt_out` `opt_in`' }), keyword: Type.String(), ...actor, created_at: Time },
        { title: 'OptOutChange' },
      ),
    ),
    next_page_token: NextPageToken,
  },
  { title: 'OptOutHistory' },
);
