import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, connectBus } from '@baton/bus/connect.ts';
import { ContactServiceClient } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { ConversationServiceClient } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { DirectoryServiceClient } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { ExportServiceClient } from '@baton/contracts/gen/baton/conversation/v1/export_service.ts';
import { InboxServiceClient } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { PastTurnServiceClient } from '@baton/contracts/gen/baton/conversation/v1/past_turn_service.ts';
import { SearchServiceClient } from '@baton/contracts/gen/baton/conversation/v1/search_service.ts';
import { SuggestionServiceClient } from '@baton/contracts/gen/baton/conversation/v1/suggestion_service.ts';
import { TurnServiceClient } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { AttachmentServiceClient } from '@baton/contracts/gen/baton/delivery/v1/attachment_service.ts';
import { BackendServiceClient } from '@baton/contracts/gen/baton/delivery/v1/backend_service.ts';
import { ReplayServiceClient } from '@baton/contracts/gen/baton/delivery/v1/replay_service.ts';
import { WebhookServiceClient } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { DeadLetterServiceClient } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { TrafficServiceClient } from '@baton/contracts/gen/baton/operations/v1/traffic.ts';
import { openDatabase } from '@baton/db/open.ts';
import { openEgress } from '@baton/egress/egress.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { createClient } from '@baton/rpc/client.ts';
import { AttachmentLinks } from '@baton/runtime/attachment-links.ts';
import { Health } from '@baton/runtime/health.ts';
import { createLogger, type Logger } from '@baton/runtime/logger.ts';
import type { Kysely } from 'kysely';
import { AccessChanges } from './access/access-changes.ts';
import { createAuditWriter } from './access/audit.ts';
import { createKeyRing, createSessionRing } from './access/rings.ts';
import { UserRing } from './access/user-ring.ts';
import type { Config } from './config.ts';
import type { App, Deps } from './context.ts';
import { createEvents } from './events.ts';
import { PageTokens } from './http/page-tokens.ts';
import { createIngestClient } from './inbound/ingest-client.ts';
import { buildServer } from './server.ts';
import { SessionCookie } from './sessions/cookie.ts';
import { Oidc } from './sessions/oidc/oidc.ts';
import { Passwords } from './sessions/passwords.ts';
import { clearAudit } from './store/audit.ts';
import { clearExpired } from './store/idempotency.ts';
import { migrateAccess } from './store/migrate-access.ts';
import type { Tables } from './store/tables.ts';
import { Hub } from './stream/hub.ts';
import { OpenStreams } from './stream/open-streams.ts';
import { WidgetAccounts } from './widget/accounts.ts';

export interface GatewayService extends AsyncDisposable {
  port: number;
  url: string;
}

/** Starts the gateway. It listens at once; what needs Postgres, NATS or another service answers 503 until that is there. */
export async function startService(config: Config): Promise<GatewayService> {
  const logger = createLogger('gateway', config.logLevel);
  const events = createEvents(logger);
  const health = new Health();
  const stopping = new AbortController();
  const stack = new AsyncDisposableStack();

  const database = stack.use(
    openDatabase<Tables>({
      url: config.postgresUrl,
      name: 'baton-gateway',
      poolSize: config.postgresPool,
      onError: (error) => logger.warn({ err: error }, 'an idle connection to Postgres broke'),
    }),
  );
  let migrated = false;
  const migrating = insist(logger, stopping.signal, 'the schema could not be brought up to date', async () => {
    await migrateAccess({ ownerUrl: config.postgresOwnerUrl, bootstrapPartnerKey: config.bootstrapPartnerKey });
    migrated = true;
  });
  stack.defer(() => migrating);

  const access = createAccess({ config, db: database.db, stack, bus: () => bus.get() });
  const widgetAccounts = new WidgetAccounts({ secretKeys: config.secretKeys, logger });
  const bus = followBus({ url: config.natsUrl, logger, signal: stopping.signal, followers: [access.accessChanges, widgetAccounts] });
  stack.use(bus);
  stack.use(widgetAccounts);
  const rpc = connectServices(config, stack);
  const hub = stack.use(new Hub({ bus: bus.get, logger, events }));
  events.watchStreams(() => hub.readers);

  health.add('postgres', async () => (migrated ? database.problem() : 'the schema is not up to date yet'));
  health.add('nats', bus.problem);
  health.add('conversation-state', () => rpc.problem());

  const deps: Deps = {
    config,
    ...rpc,
    ingest: createIngestClient({ addresses: config.ingestAddresses, token: config.serviceToken }),
    db: database.db,
    ...access,
    audit: createAuditWriter(database.db),
    ...signers(config),
    hub,
    widgetAccounts,
  };
  const app = await buildServer({ deps, events, health, logger });
  const sweep = setInterval(() => {
    const before = new Date(Date.now() - config.auditRetentionDays * 86_400_000);
    void Promise.all([clearExpired(database.db), clearAudit(database.db, before)]).catch(() => undefined);
  }, 600_000).unref();
  await app.listen({ host: config.host, port: config.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  logger.info({ port }, 'gateway listens');

  return {
    port,
    url: `http://${config.host}:${port}`,
    async [Symbol.asyncDispose]() {
      health.stopping();
      stopping.abort();
      clearInterval(sweep);
      // Streams never end by themselves: first they, then the server can close.
      await hub[Symbol.asyncDispose]();
      await closeServer(app);
      await stack.disposeAsync();
    },
  };
}

/** What is remembered of keys, sessions, people and open streams, and what makes all of it be looked at anew. */
function createAccess(o: { config: Config; db: Kysely<Tables>; stack: AsyncDisposableStack; bus: () => Promise<Bus> }) {
  const keys = o.stack.use(createKeyRing(o.db));
  const sessions = o.stack.use(createSessionRing(o.db, o.config.sessions.idleSeconds));
  const users = new UserRing(o.db);
  const openStreams = new OpenStreams();
  // The streams come last: they ask the others whether they may stay.
  const accessChanges = new AccessChanges(o.bus, [keys, users, sessions, openStreams]);
  return { keys, sessions, users, openStreams, accessChanges, passwords: new Passwords(), oidc: createOidc(o.config, o.stack) };
}

function createOidc({ oidc: settings, egressAllow: allow, gatewayUrl: publicUrl }: Config, stack: AsyncDisposableStack): Oidc | undefined {
  return settings && new Oidc({ settings, publicUrl, egress: stack.use(openEgress({ allow, connectionsPerOrigin: 4 })) });
}

/** What is given out signed instead of being stored. */
function signers(config: Config) {
  return {
    sessionCookie: new SessionCookie(config.gatewayUrl),
    pageTokens: new PageTokens(config.secretKeys),
    attachmentLinks: new AttachmentLinks(config.secretKeys, config.gatewayUrl),
  };
}

function connectServices(config: Config, stack: AsyncDisposableStack) {
  const token = config.serviceToken;
  const toState = { address: config.conversationStateAddress, token, timeoutMs: 8000 };
  const toDispatcher = { address: config.dispatcherAddress, token, timeoutMs: 5000 };
  const directory = stack.use(createClient(DirectoryServiceClient, toState));
  return {
    contacts: stack.use(createClient(ContactServiceClient, toState)),
    inbox: stack.use(createClient(InboxServiceClient, toState)),
    conversations: stack.use(createClient(ConversationServiceClient, toState)),
    directory,
    pastTurns: stack.use(createClient(PastTurnServiceClient, toState)),
    search: stack.use(createClient(SearchServiceClient, toState)),
    exports: stack.use(createClient(ExportServiceClient, toState)),
    suggestions: stack.use(createClient(SuggestionServiceClient, toState)),
    turns: stack.use(createClient(TurnServiceClient, toState)),
    traffic: stack.use(createClient(TrafficServiceClient, toState)),
    deadLetters: {
      conversationState: stack.use(createClient(DeadLetterServiceClient, toState)),
      dispatcher: stack.use(createClient(DeadLetterServiceClient, toDispatcher)),
    },
    // A backend may take two minutes.
    backends: stack.use(createClient(BackendServiceClient, { ...toDispatcher, timeoutMs: 130_000 })),
    // Making one asks conversation-state which turns there are.
    replays: stack.use(createClient(ReplayServiceClient, { ...toDispatcher, timeoutMs: 15_000 })),
    webhooks: stack.use(createClient(WebhookServiceClient, toDispatcher)),
    attachments: stack.use(createClient(AttachmentServiceClient, toDispatcher)),
    /** Whether conversation-state answers at all; "there is no such workspace" is an answer. */
    async problem(): Promise<string | undefined> {
      try {
        await directory.getWorkspace({ workspaceId: 'acc_00000000000000000000000000' }, { timeoutMs: 1500 });
      } catch (error) {
        if (error instanceof BatonError && ['unavailable', 'timeout', 'unauthorized', 'internal'].includes(error.code)) return error.detail;
      }
      return undefined;
    },
  };
}

const graceMs = 5000;

/** Waits for the requests in hand, not for connections that are merely kept open: a client may hold those for minutes. */
async function closeServer(app: App): Promise<void> {
  const closing = app.close();
  const until = Date.now() + graceMs;
  while (app.activeRequests.count > 0 && Date.now() < until) await delay(20);
  app.server.closeAllConnections();
  await closing;
}

/** Repeats until it works or the service stops; says each time what is wrong. */
async function insist(logger: Logger, signal: AbortSignal, sentence: string, work: () => Promise<void>): Promise<void> {
  for (let wait = 200; !signal.aborted; wait = Math.min(wait * 2, 5000)) {
    try {
      return await work();
    } catch (error) {
      logger.warn({ err: error }, `${sentence}; trying again`);
      await delay(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** A connection to NATS that is made in the background and made anew when it has ended for good. */
function followBus(o: {
  url: string;
  logger: Logger;
  signal: AbortSignal;
  /** Given each connection as soon as it stands. */
  followers: { follow(bus: Bus): void }[];
}): AsyncDisposable & { get: () => Promise<Bus>; problem: () => string | undefined } {
  const { logger, signal } = o;
  let bus: Bus | undefined;
  const following = (async () => {
    while (!signal.aborted) {
      await insist(logger, signal, 'NATS cannot be reached', async () => {
        bus = await connectBus({ url: o.url, name: 'baton-gateway', logger });
        for (const one of o.followers) one.follow(bus);
      });
      const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      await Promise.race([bus?.ended.catch((error: unknown) => logger.error({ err: error }, 'the connection to NATS ended')), stopped]);
    }
  })();
  return {
    get: async () => {
      if (!bus) throw new BatonError('unavailable', 'Not connected to NATS yet.', { retryAfterSeconds: 2 });
      return bus;
    },
    problem: () => (bus ? bus.problem() : 'not connected to NATS'),
    async [Symbol.asyncDispose]() {
      // While the first connection is still being tried nothing else ends the wait.
      await Promise.race([following, delay(500, undefined, { ref: false })]);
      await bus?.[Symbol.asyncDispose]();
    },
  };
}
