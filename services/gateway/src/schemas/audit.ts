import { Type } from 'typebox';
import { Id, NextPageToken, Nullable, Paging, Time } from './common.ts';

const id = (description: string) => Type.Optional(Type.String({ maxLength: 64, description }));
const time = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }));

export const AuditQuery = Type.Object(
  {
    ...Paging,
    actor_id: id('A key, a session, a user or a partner.'),
    operation: Type.Optional(Type.String({ maxLength: 100, description: 'As in this document.', examples: ['updateAgent'] })),
    target_id: id('What it was about: any id in the path or in the answer.'),
    since: time('From then on.'),
    until: time('Before then.'),
  },
  { additionalProperties: false },
);

const AuditEntry = Type.Object(
  {
    audit_id: Id('aud'),
    created_at: Time,
    operation: Type.String({ examples: ['updateAgent'] }),
    api_key_id: Id('key', 'The key, or the session (`ses_…`) of a person who was signed in.'),
    user_id: Nullable(Id('usr', 'The person in whose name it was asked.')),
    partner_id: Nullable(Id('ptr', 'Set when it was a partner’s key.')),
    ip: Type.String({ examples: ['203.0.113.7'] }),
    target_ids: Type.Array(Type.String(), { examples: [['agt_01k9qg3v5e7h2m4n6p8r0s2t4v']] }),
    changed_fields: Type.Array(Type.String(), { examples: [['display_name', 'backend.url']] }),
    status: Type.Integer({ description: 'What was answered.', examples: [200] }),
    code: Nullable(Type.String({ description: 'Why it was refused.' })),
    request_id: Type.String({ description: '`X-Request-Id` of the answer.' }),
  },
  { title: 'AuditEntry' },
);

export const AuditLog = Type.Object({ entries: Type.Array(AuditEntry), next_page_token: NextPageToken }, { title: 'AuditLog' });
