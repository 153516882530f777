import { type Static, Type } from 'typebox';
import { roles } from '../domain/role.ts';
import { longestPassword, shortestPassword } from '../domain/sign-in/password-rules.ts';
import { signInMethods } from '../domain/sign-in/words.ts';
import { User } from './access.ts';
import { Id, NextPageToken, Nullable, Paging, Time, Word } from './common.ts';

const password = (description: string) =>
  Type.String({ minLength: 1, maxLength: longestPassword, description, examples: ['lantern cupboard ferry'] });
const newPassword = password(`At least ${shortestPassword} characters; none that is often guessed.`);
const token = Type.String({ maxLength: 100, description: 'What stands behind `#token=` in the link.', examples: ['ott_…'] });

export const CreateSession = Type.Object(
  {
    email: Type.Optional(Type.String({ format: 'email', maxLength: 320, examples: ['ada@example.com'] })),
    password: Type.Optional(password('Together with `email`.')),
    workspace_id: Type.Optional(
      Id('acc', 'Where somebody has the same address and password in several workspaces: the one that is meant.'),
    ),
    one_time_token: Type.Optional(token),
  },
  {
    title: 'CreateSession',
    additionalProperties: false,
    examples: [{ email: 'ada@example.com', password: 'lantern cupboard ferry' }],
  },
);

export const Session = Type.Object(
  {
    session_id: Id('ses'),
    user: User,
    workspace: Type.Object(
      {
        workspace_id: Id('acc'),
        name: Nullable(Type.String({ description: 'null while it cannot be looked up.' })),
      },
      { title: 'SessionWorkspace' },
    ),
    role: Word(roles),
    csrf_token: Type.String({ description: 'Send it as `X-CSRF-Token` with every request that changes something.' }),
    expires_at: Type.String({ format: 'date-time', description: 'However much it is used; unused, it ends before.' }),
  },
  { title: 'Session' },
);
export type Session = Static<typeof Session>;

export const SessionEntry = Type.Object(
  {
    session_id: Id('ses'),
    user_id: Id('usr'),
    method: Word(signInMethods, { description: 'How it began.' }),
    ip: Type.String({ examples: ['203.0.113.7'] }),
    user_agent: Type.String({ examples: ['Mozilla/5.0'] }),
    is_current: Type.Boolean({ description: 'Whether it is the one that asks.' }),
    created_at: Time,
    last_used_at: Type.String({ format: 'date-time', description: 'Noted every 30 seconds.' }),
    expires_at: Time,
  },
  { title: 'SessionEntry' },
);
export type SessionEntry = Static<typeof SessionEntry>;

export const SessionList = Type.Object({ sessions: Type.Array(SessionEntry), next_page_token: NextPageToken }, { title: 'SessionList' });

export const SessionListQuery = Type.Object(
  { ...Paging, user_id: Type.Optional(Id('usr', 'Without it: of the person who asks, or, with an API key, of everybody.')) },
  { additionalProperties: false },
);

export const SetPassword = Type.Object({ token, password: newPassword }, { title: 'SetPassword', additionalProperties: false });

export const ChangePassword = Type.Object(
  { current_password: password('The present one.'), new_password: newPassword },
  { title: 'ChangePassword', additionalProperties: false },
);

export const OneTimeLink = Type.Object(
  {
    url: Type.String({ description: 'Shown this once. Good for one use.', examples: ['https://baton.example.com/sign-in#token=ott_…'] }),
    token,
    expires_at: Time,
  },
  { title: 'OneTimeLink' },
);
export type OneTimeLink = Static<typeof OneTimeLink>;

export const SessionOptions = Type.Object(
  {
    oidc: Nullable(
      Type.Object(
        {
          label: Type.String({ description: 'What to call the provider.', examples: ['login.example.com'] }),
          start_url: Type.String({ examples: ['https://baton.example.com/v1/sessions/oidc/start'] }),
        },
        { title: 'OidcOption' },
      ),
    ),
  },
  { title: 'SessionOptions' },
);

/** Of routes that send a browser on. */
export const Redirect = { type: 'null', description: 'To where `Location` says.' };
