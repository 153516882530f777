import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ContactServiceClient } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import type { ConversationServiceClient } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { DirectoryServiceClient } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import type { ExportServiceClient } from '@baton/contracts/gen/baton/conversation/v1/export_service.ts';
import type { InboxServiceClient } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import type { PastTurnServiceClient } from '@baton/contracts/gen/baton/conversation/v1/past_turn_service.ts';
import type { SearchServiceClient } from '@baton/contracts/gen/baton/conversation/v1/search_service.ts';
import type { SuggestionServiceClient } from '@baton/contracts/gen/baton/conversation/v1/suggestion_service.ts';
import type { TurnServiceClient } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { CommandContext } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import type { AttachmentServiceClient } from '@baton/contracts/gen/baton/delivery/v1/attachment_service.ts';
import type { BackendServiceClient } from '@baton/contracts/gen/baton/delivery/v1/backend_service.ts';
import type { ReplayServiceClient } from '@baton/contracts/gen/baton/delivery/v1/replay_service.ts';
import type { WebhookServiceClient } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import type { DeadLetterServiceClient } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import type { TrafficServiceClient } from '@baton/contracts/gen/baton/operations/v1/traffic.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { RpcClient } from '@baton/rpc/client.ts';
import type { AttachmentLinks } from '@baton/runtime/attachment-links.ts';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { Kysely } from 'kysely';
import type { AccessChanges } from './access/access-changes.ts';
import type { AuditWriter } from './access/audit.ts';
import type { KeyRing, SessionRing } from './access/rings.ts';
import type { UserRing } from './access/user-ring.ts';
import type { Config } from './config.ts';
import type { Scope } from './domain/api-key.ts';
import type { PageTokens } from './http/page-tokens.ts';
import type { IngestClient } from './inbound/ingest-client.ts';
import type { SessionCookie } from './sessions/cookie.ts';
import type { Oidc } from './sessions/oidc/oidc.ts';
import type { Passwords } from './sessions/passwords.ts';
import type { LiveSession } from './store/sessions.ts';
import type { Tables } from './store/tables.ts';
import type { UserRow } from './store/users.ts';
import type { Hub } from './stream/hub.ts';
import type { OpenStreams } from './stream/open-streams.ts';
import type { WidgetAccounts } from './widget/accounts.ts';

export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>;

/** What handlers work with. */
export interface Deps {
  config: Config;
  conversations: RpcClient<ConversationServiceClient>;
  contacts: RpcClient<ContactServiceClient>;
  exports: RpcClient<ExportServiceClient>;
  inbox: RpcClient<InboxServiceClient>;
  directory: RpcClient<DirectoryServiceClient>;
  pastTurns: RpcClient<PastTurnServiceClient>;
  search: RpcClient<SearchServiceClient>;
  suggestions: RpcClient<SuggestionServiceClient>;
  turns: RpcClient<TurnServiceClient>;
  traffic: RpcClient<TrafficServiceClient>;
  deadLetters: { conversationState: RpcClient<DeadLetterServiceClient>; dispatcher: RpcClient<DeadLetterServiceClient> };
  backends: RpcClient<BackendServiceClient>;
  replays: RpcClient<ReplayServiceClient>;
  webhooks: RpcClient<WebhookServiceClient>;
  attachments: RpcClient<AttachmentServiceClient>;
  ingest: IngestClient;
  db: Kysely<Tables>;
  keys: KeyRing;
  sessions: SessionRing;
  sessionCookie: SessionCookie;
  passwords: Passwords;
  /** undefined: none is configured. */
  oidc: Oidc | undefined;
  audit: AuditWriter;
  users: UserRing;
  accessChanges: AccessChanges;
  pageTokens: PageTokens;
  attachmentLinks: AttachmentLinks;
  hub: Hub;
  openStreams: OpenStreams;
  widgetAccounts: WidgetAccounts;
}

/** Who asks: a valid key, or the session of somebody who is signed in, and the workspace it acts in. */
export interface Caller {
  /** The session's where it is one. */
  keyId: string;
  keyHash: Buffer;
  /** undefined only on routes that are about no workspace. */
  workspaceId: string | undefined;
  /** Set when the key is a partner's. */
  partnerId: string | undefined;
  scopes: readonly Scope[];
  /** The person in whose name the key asks, or whose session it is. */
  user: UserRow | undefined;
  /** Set when a person asks who is signed in. `csrfToken`: undefined where their stream's ticket asks. */
  session?: LiveSession & { csrfToken: string | undefined };
}

/** How a route is guarded; every route under /v1 and /dialects names it. */
export interface RouteAuth {
  scope: Scope;
  /** `none`: the route itself settles which workspace it is about. `path`: the parameter `workspace_id` (in a dialect `account_id`) names it. `optional`: none, where a partner names none. */
  workspace?: 'none' | 'path' | 'optional';
  /** Takes a key or ticket as `?token=` too: browsers can't set a header on an EventSource. */
  queryToken?: true;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    auth?: RouteAuth;
    /** Asks for no credential and finds out itself who it is: what it does is put on record under their name. */
    signsIn?: true;
    /** A missing body counts as `{}`. */
    optionalBody?: true;
  }
  interface FastifyInstance {
    activeRequests: { count: number };
  }
  interface FastifyRequest {
    caller: Caller | undefined;
    /** The idempotency key's id for downstream, or one made for this request alone. */
    commandId: string;
    /** Set while this request holds the lease of its Idempotency-Key. */
    idempotencyLease: { workspaceId: string; keyId: string; idempotencyKey: string; leaseId: string } | undefined;
  }
}

/** The caller of a guarded route. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new BatonError('unauthorized', 'This needs an API key.');
  return request.caller;
}

/** The workspace that a guarded route acts in. */
export function workspaceOf(request: FastifyRequest): string {
  const { workspaceId } = callerOf(request);
  if (workspaceId === undefined) throw new Error(`${request.routeOptions.url} is not bound to a workspace.`);
  return workspaceId;
}

/** The partner whose key it is; other keys may not do what only partners do. */
export function partnerOf(request: FastifyRequest): string {
  const { partnerId } = callerOf(request);
  if (partnerId === undefined) throw new BatonError('forbidden', 'This needs a partner key.');
  return partnerId;
}

/** The session of somebody who is signed in; keys may not do what only people do. */
export function sessionOf(request: FastifyRequest): NonNullable<Caller['session']> {
  const { session } = callerOf(request);
  if (!session) throw new BatonError('forbidden', 'This is for people who are signed in; an API key has no session.');
  return session;
}

/** What goes down with every command. */
export function commandOf(request: FastifyRequest): CommandContext {
  const { keyId, user } = callerOf(request);
  const actor = user ? { kind: 'user', id: user.user_id } : { kind: 'api_key', id: keyId };
  return { workspaceId: workspaceOf(request), actor, commandId: request.commandId };
}
