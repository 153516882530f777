import { type Static, Type } from 'typebox';
import { scopes } from '../domain/api-key.ts';
import { roles } from '../domain/role.ts';
import { Id, NextPageToken, Nullable, Paging, Time, Word } from './common.ts';

const keyName = Type.String({ minLength: 1, maxLength: 200, examples: ['Inbox of the front desk'] });
const Scopes = Type.Array(Word(scopes), {
  minItems: 1,
  maxItems: 3,
  uniqueItems: true,
  description: '`read` for what changes nothing, `write` for conversations and messages, `admin` for configuration. None includes another.',
  examples: [['read', 'write']],
});
const expiry = Nullable(Type.String({ format: 'date-time', description: 'From then on the key is refused; null: never.' }));

const keyFields = {
  api_key_id: Id('key'),
  partner_id: Nullable(Id('ptr', 'Set when it is a partner key.')),
  name: Type.String(),
  hint: Type.String({ description: 'The first letters, to recognise it by.', examples: ['pk_live_7Qm2…'] }),
  scopes: Type.Array(Word(scopes)),
  created_at: Time,
  last_used_at: Nullable(Type.String({ format: 'date-time', description: 'Noted every 30 seconds.' })),
  expires_at: Nullable(Time),
  revoked_at: Nullable(Time),
  previous_valid_until: Nullable(
    Type.String({ format: 'date-time', description: 'Until then a secret from before a rotation is accepted too.' }),
  ),
};

export const ApiKey = Type.Object(keyFields, { title: 'ApiKey' });
export type ApiKey = Static<typeof ApiKey>;

export const ApiKeyList = Type.Object({ api_keys: Type.Array(ApiKey), next_page_token: NextPageToken }, { title: 'ApiKeyList' });

export const CreatedApiKey = Type.Object(
  { ...keyFields, api_key: Type.String({ description: 'Shown this once.', examples: ['pk_live_…'] }) },
  { title: 'CreatedApiKey' },
);

export const KeyListQuery = Type.Object(
  { ...Paging, include_revoked: Type.Optional(Type.Boolean({ default: false })) },
  { additionalProperties: false },
);

const newKey = {
  name: keyName,
  scopes: Scopes,
  mode: Type.Optional(
    Word(['live', 'test'], { description: 'Only a label in the key itself: both reach the same data. `live` by default.' }),
  ),
  expires_at: Type.Optional(expiry),
};

export const CreateApiKey = Type.Object(newKey, {
  title: 'CreateApiKey',
  additionalProperties: false,
  examples: [{ name: 'Inbox of the front desk', scopes: ['read', 'write'] }],
});

export const UpdateApiKey = Type.Object(
  { name: Type.Optional(keyName), scopes: Type.Optional(Scopes), expires_at: Type.Optional(expiry) },
  { title: 'UpdateApiKey', additionalProperties: false, minProperties: 1 },
);

export const RotateApiKey = Type.Object(
  {
    overlap_seconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 2_592_000, default: 86_400, description: 'So long the present secret stays valid.' }),
    ),
  },
  { title: 'RotateApiKey', additionalProperties: false, examples: [{ overlap_seconds: 3600 }] },
);

export const CreatePartnerKey = Type.Object(
  {
    ...newKey,
    new_partner: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Make the first key of another partner. Only with a key of the installation’s own partner.',
      }),
    ),
  },
  { title: 'CreatePartnerKey', additionalProperties: false, examples: [{ name: 'Reseller', scopes: ['read', 'write', 'admin'] }] },
);

const userFields = {
  email: Type.String({
    format: 'email',
    maxLength: 320,
    description: 'Unique in the workspace, in any letter case.',
    examples: ['ada@example.com'],
  }),
  display_name: Type.String({ minLength: 1, maxLength: 200, examples: ['Ada Obi'] }),
  role: Word(roles, { description: '`owner`: everything; `operator`: conversations and messages; `viewer`: reads.' }),
  enabled: Type.Boolean({ description: 'Nothing can be done in the name of a user who is switched off.' }),
};

export const User = Type.Object(
  {
    user_id: Id('usr'),
    ...userFields,
    has_password: Type.Boolean({ description: 'Whether they can sign in by one: they have followed an invitation.' }),
    last_signed_in_at: Nullable(Time),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'User' },
);
export type User = Static<typeof User>;

export const UserList = Type.Object({ users: Type.Array(User), next_page_token: NextPageToken }, { title: 'UserList' });

export const UserListQuery = Type.Object(
  { ...Paging, role: Type.Optional(Word(roles)), enabled: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
);

export const CreateUser = Type.Object(
  { email: userFields.email, display_name: userFields.display_name, role: userFields.role, enabled: Type.Optional(userFields.enabled) },
  {
    title: 'CreateUser',
    additionalProperties: false,
    examples: [{ email: 'ada@example.com', display_name: 'Ada Obi', role: 'operator' }],
  },
);

export const UpdateUser = Type.Object(Type.Partial(Type.Object(userFields)).properties, {
  title: 'UpdateUser',
  additionalProperties: false,
  minProperties: 1,
  examples: [{ role: 'owner' }],
});
