import { channels, providers } from '@baton/contracts/vocabulary.ts';
import { type Static, Type } from 'typebox';
import { Backend, NewBackend } from './agent/backend.ts';
import { Id, NextPageToken, Nullable, Paging, Time, Word } from './common.ts';

const agentFields = {
  display_name: Type.String({ minLength: 1, maxLength: 200, examples: ['Clara'] }),
  language: Type.String({ maxLength: 80, pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$', examples: ['en'] }),
  enabled: Type.Boolean(),
  takeover_timeout_seconds: Nullable(Type.Integer({ minimum: 1, maximum: 2_592_000 })),
  handoff: Word(['human', 'flag'], {
    description: '`human`: a hand-off takes the conversation out of `ai`; `flag`: it only sets `needs_handoff`.',
  }),
  debounce_ms: Type.Integer({ minimum: 0, maximum: 60_000 }),
  burst: Word(['queue', 'supersede']),
  approval: Word(['none', 'required']),
  silence_timeout_seconds: Nullable(Type.Integer({ minimum: 1, maximum: 31_536_000 })),
  fallback_text: Nullable(Type.String({ minLength: 1, maxLength: 1600 })),
  history_limit: Type.Integer({ minimum: 1, maximum: 200 }),
};

// A union describes itself: the schema beside `null` is shared.
const shadow = { shadow_backend: Type.Optional(Nullable(NewBackend)) };

export const Agent = Type.Object(
  {
    agent_id: Id('agt'),
    ...agentFields,
    backend: Backend,
    shadow_backend: Nullable(Backend),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'Agent' },
);
export type Agent = Static<typeof Agent>;

export const AgentList = Type.Object({ agents: Type.Array(Agent), next_page_token: NextPageToken }, { title: 'AgentList' });

export const CreateAgent = Type.Object(
  {
    ...Type.Partial(Type.Object(agentFields)).properties,
    display_name: agentFields.display_name,
    backend: Type.Optional(NewBackend),
    ...shadow,
  },
  { title: 'CreateAgent', additionalProperties: false, examples: [{ display_name: 'Clara', backend: { kind: 'echo' } }] },
);

export const UpdateAgent = Type.Object(
  { ...Type.Partial(Type.Object(agentFields)).properties, backend: Type.Optional(NewBackend), ...shadow },
  { title: 'UpdateAgent', additionalProperties: false, minProperties: 1 },
);

const Credentials = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), {
  description: 'By provider; write-only. Answers name the fields that are set.',
  examples: [{ account_sid: 'AC…', auth_token: '…' }],
});

export const ChannelAccount = Type.Object(
  {
    channel_account_id: Id('chn'),
    provider: Word(providers),
    channel: Word(channels),
    address: Type.String({ examples: ['+14155550100'] }),
    agent_id: Id('agt'),
    enabled: Type.Boolean(),
    credential_names: Type.Array(Type.String()),
    webhook_url: Type.String({ description: 'Enter it at the provider.' }),
    last_received_at: Nullable(Type.String({ format: 'date-time', description: 'When a message last came in by it, to within seconds.' })),
    last_sent_at: Nullable(Type.String({ format: 'date-time', description: 'When the provider last took a message of it.' })),
    last_error: Nullable(
      Type.Object(
        { code: Type.String({ examples: ['recipient_opted_out'] }), at: Time },
        {
          title: 'ChannelAccountError',
          description: 'Why a send by it failed last. It may be the recipient’s fault, and a later send may have worked.',
        },
      ),
    ),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'ChannelAccount' },
);
export type ChannelAccount = Static<typeof ChannelAccount>;

export const ChannelAccountList = Type.Object(
  { channels: Type.Array(ChannelAccount), next_page_token: NextPageToken },
  { title: 'ChannelAccountList' },
);

export const AgentListQuery = Type.Object({ ...Paging, enabled: Type.Optional(Type.Boolean()) }, { additionalProperties: false });

export const ChannelListQuery = Type.Object(
  {
    ...Paging,
    agent_id: Type.Optional(Id('agt')),
    provider: Type.Optional(Word(providers)),
    channel: Type.Optional(Word(channels)),
    enabled: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

export const CreateChannelAccount = Type.Object(
  {
    provider: Word(providers),
    channel: Word(channels),
    address: Type.String({ minLength: 1, maxLength: 320 }),
    agent_id: Id('agt'),
    enabled: Type.Optional(Type.Boolean()),
    credentials: Type.Optional(Credentials),
  },
  {
    title: 'CreateChannelAccount',
    additionalProperties: false,
    examples: [
      { provider: 'simulator', channel: 'sms', address: '+15550100', agent_id: 'agt_01k9qg3v5e7h2m4n6p8r0s2t4v', credentials: {} },
    ],
  },
);

export const UpdateChannelAccount = Type.Object(
  {
    address: Type.Optional(Type.String({ minLength: 1, maxLength: 320 })),
    agent_id: Type.Optional(Id('agt')),
    enabled: Type.Optional(Type.Boolean()),
    credentials: Type.Optional(Credentials),
  },
  { title: 'UpdateChannelAccount', additionalProperties: false, minProperties: 1 },
);

const workspaceFields = { workspace_id: Id('acc'), name: Type.String() };
const workspaceName = Type.String({ minLength: 1, maxLength: 200, examples: ['Rosa’s Trattoria'] });

export const CreateWorkspace = Type.Object({ name: workspaceName }, { title: 'CreateWorkspace', additionalProperties: false });

export const UpdateWorkspace = Type.Object({ name: workspaceName }, { title: 'UpdateWorkspace', additionalProperties: false });

export const CreatedWorkspace = Type.Object(
  { ...workspaceFields, api_key: Type.String({ description: 'Shown this once.', examples: ['pk_live_…'] }) },
  { title: 'CreatedWorkspace' },
);

export const Workspace = Type.Object({ ...workspaceFields, created_at: Nullable(Time) }, { title: 'Workspace' });
export type Workspace = Static<typeof Workspace>;

export const WorkspaceList = Type.Object({ workspaces: Type.Array(Workspace), next_page_token: NextPageToken }, { title: 'WorkspaceList' });
