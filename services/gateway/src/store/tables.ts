import type { Sealed } from '@baton/runtime/secret-box.ts';
import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { Scope } from '../domain/api-key.ts';
import type { Role } from '../domain/role.ts';
import type { SignInMethod, TokenPurpose } from '../domain/sign-in/words.ts';

type WithDefault<T> = ColumnType<T, T | undefined, T>;

/** Schema `access`. */
export interface Tables {
  'access.api_keys': {
    key_id: string;
    /** null: a partner key. */
    workspace_id: string | null;
    partner_id: string | null;
    name: string;
    key_hash: Buffer;
    scopes: Scope[];
    created_at: Generated<Date>;
    last_used_at: WithDefault<Date | null>;
    expires_at: WithDefault<Date | null>;
    revoked_at: WithDefault<Date | null>;
    /** The first letters of the key. */
    hint: WithDefault<string>;
    command_id: WithDefault<string | null>;
  };
  /** Secrets that a rotation has replaced and that are still accepted. */
  'access.retired_secrets': {
    key_hash: Buffer;
    key_id: string;
    /** The partner where the key is a partner's. */
    workspace_id: string;
    expires_at: Date;
  };
  'access.users': {
    user_id: string;
    workspace_id: string;
    email: string;
    display_name: string;
    role: Role;
    enabled: boolean;
    command_id: string | null;
    created_at: Date;
    updated_at: Date;
    last_signed_in_at: WithDefault<Date | null>;
    has_password: GeneratedAlways<boolean>;
    /** Written, never read. */
    password_hash: ColumnType<never, never, string>;
  };
  /** Without `token_hash` for reading: a session is found by a function. */
  'access.sessions': {
    session_id: string;
    workspace_id: string;
    user_id: string;
    token_hash: ColumnType<never, Buffer, never>;
    method: SignInMethod;
    ip: string;
    user_agent: string;
    created_at: Generated<Date>;
    last_used_at: Generated<Date>;
    idle_expires_at: Date;
    expires_at: Date;
  };
  'access.one_time_tokens': {
    token_hash: ColumnType<never, Buffer, never>;
    workspace_id: string;
    user_id: string;
    purpose: TokenPurpose;
    expires_at: ColumnType<never, Date, never>;
  };
  'access.audit': {
    audit_id: string;
    /** The partner where the request was about no workspace. */
    workspace_id: string;
    created_at: Date;
    operation: string;
    api_key_id: string;
    user_id: string | null;
    partner_id: string | null;
    ip: string;
    target_ids: string[];
    changed_fields: string[];
    status: number;
    code: string | null;
    request_id: string;
  };
  'access.idempotency': {
    /** The workspace; the partner where the request has none (making a workspace). */
    workspace_id: string;
    key_id: string;
    idempotency_key: string;
    request_hash: Buffer;
    command_id: string;
    /** Whoever runs the request may answer it until then; later it may be taken over. */
    leased_until: Date;
    lease_id: string;
    status: WithDefault<number | null>;
    answer: JSONColumnType<Sealed, string, string> | null;
    created_at: Generated<Date>;
    expires_at: Date;
  };
  'access.stream_tickets': {
    ticket_hash: Buffer;
    workspace_id: string;
    key_hash: Buffer;
    expires_at: Date;
  };
}
