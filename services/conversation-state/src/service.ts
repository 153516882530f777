import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, connectBus } from '@baton/bus/connect.ts';
import { declareStreams, defaultStreamSettings, type StreamSettings } from '@baton/bus/streams.ts';
import { migrate } from '@baton/db/migrate.ts';
import { openDatabase } from '@baton/db/open.ts';
import { openPipelinePool } from '@baton/db/pipeline.ts';
import { serve } from '@baton/rpc/serve.ts';
import { Health, startOpsServer } from '@baton/runtime/health.ts';
import { createLogger, type Logger } from '@baton/runtime/logger.ts';
import { SecretBox } from '@baton/runtime/secret-box.ts';
import { metricsText } from '@baton/telemetry/metrics.ts';
import { Backlog } from './backlog/backlog.ts';
import type { Config } from './config.ts';
import { restoreDirectory } from './directory/publish.ts';
import { erasures } from './erasure/run.ts';
import { createEvents, type Events } from './events.ts';
import { exportsAtOnce } from './handlers/export/export-conversations.ts';
import { InboundLane } from './inbound/lane.ts';
import { Leases } from './inbound/leases.ts';
import { InboundReader } from './inbound/reader.ts';
import { InboundTidy } from './inbound/tidy.ts';
import { EventsStream } from './outbox/events-stream.ts';
import { OutboxRelay } from './outbox/relay.ts';
import { rpcServices } from './rpc.ts';
import * as initial from './store/migrations/20261120_initial.ts';
import * as conversationByAddress from './store/migrations/20261121_a_conversation_by_address.ts';
import * as conversationByCreation from './store/migrations/20261121_b_conversation_by_creation.ts';
import * as messageSearch from './store/migrations/20261121_c_message_search.ts';
import * as contacts from './store/migrations/20261121_e_contacts.ts';
import * as erasure from './store/migrations/20261121_e_erasure.ts';
import * as inbox from './store/migrations/20261121_e_inbox.ts';
import * as deletion from './store/migrations/20261121_f_deletion.ts';
import * as doubtfulSends from './store/migrations/20261121_i_doubtful_sends.ts';
import * as eventsStream from './store/migrations/20261121_j_events_stream.ts';
import * as outside from './store/migrations/20261122_f_outside.ts';
import * as mailThread from './store/migrations/20261122_g_mail_thread.ts';
import * as suggestions from './store/migrations/20261122_j_suggestions.ts';
import * as usage from './store/migrations/20261122_j_usage.ts';
import * as deadLetterSurvey from './store/migrations/dead-letters/20261122_e_dead_letter_survey.ts';
import * as deadLetterOnce from './store/migrations/dead-letters/20261124_a_dead_letter_once.ts';
import * as outboxAgain from './store/migrations/events/20261122_z_outbox_again.ts';
import * as notes from './store/migrations/people/20261123_n_notes.ts';
import * as takenOverBy from './store/migrations/people/20261123_n_taken_over_by.ts';
import * as wordsOnce from './store/migrations/search/20261125_a_words_once.ts';
import * as trafficTables from './store/migrations/traffic/20261123_n_traffic.ts';
import * as shadow from './store/migrations/turns/20261122_j_shadow.ts';
import * as handoff from './store/migrations/turns/20261123_k_handoff.ts';
import * as dispatchByAgent from './store/migrations/turns/20261123_r_dispatch_by_agent.ts';
import { newInstanceId, type Store } from './store/store.ts';
import type { Tables } from './store/tables.ts';
import { tagChanges } from './tags/run.ts';
import { Clock } from './timers/clock.ts';
import { Sweeper } from './timers/sweeper.ts';
import { Traffic } from './traffic/traffic.ts';

export const migrations = {
  '20261120_initial': initial,
  '20261121_a_conversation_by_address': conversationByAddress,
  '20261121_b_conversation_by_creation': conversationByCreation,
  '20261121_c_message_search': messageSearch,
  '20261121_i_doubtful_sends': doubtfulSends,
  '20261121_e_contacts': contacts,
  '20261121_e_erasure': erasure,
  '20261121_f_deletion': deletion,
  '20261121_e_inbox': inbox,
  '20261121_j_events_stream': eventsStream,
  '20261122_e_dead_letter_survey': deadLetterSurvey,
  '20261122_j_usage': usage,
  '20261122_j_suggestions': suggestions,
  '20261122_j_shadow': shadow,
  '20261123_k_handoff': handoff,
  '20261122_g_mail_thread': mailThread,
  '20261122_f_outside': outside,
  '20261122_z_outbox_again': outboxAgain,
  '20261123_r_dispatch_by_agent': dispatchByAgent,
  '20261123_n_notes': notes,
  '20261123_n_taken_over_by': takenOverBy,
  '20261123_n_traffic': trafficTables,
  '20261124_a_dead_letter_once': deadLetterOnce,
  '20261125_a_words_once': wordsOnce,
};

export interface Service extends AsyncDisposable {
  opsPort: number;
  /** gRPC; known once `ready` has resolved. */
  port(): number;
  /** Resolves once it serves and consumes. */
  ready: Promise<void>;
  /** Rejects when it can't go on: the process should end and be started anew. */
  broken: Promise<never>;
}

/** How many batches of inbound messages are committed at once; a partition belongs to one lane, so its order is kept. */
const lanes = 1;

/** For tests: what would make them wait. */
export interface Overrides {
  logger?: Logger;
  /** How often lost work is looked for. */
  sweepMs?: number;
}

/** Opens its health port at once; the rest comes up in the background as soon as Postgres and NATS are there. */
export async function startService(config: Config, o: Overrides = {}): Promise<Service> {
  const logger = o.logger ?? createLogger('conversation-state', config.logLevel);
  const health = new Health();
  const stopping = new AbortController();
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  const open = new AsyncDisposableStack();
  let started = false;
  let port = 0;
  health.add('startup', () => (started ? undefined : 'starting: waiting for Postgres and NATS'));
  const ops = open.use(await startOpsServer({ host: config.host, port: config.opsPort, health, metrics: metricsText }));
  const ready = assemble(config, { logger, health, open, signal: stopping.signal, sweepMs: o.sweepMs ?? 5000 }).then((parts) => {
    started = true;
    port = parts.port;
    parts.bus.ended.catch(broken.reject);
    logger.info({ port: parts.port, ops_port: ops.port }, 'ready');
  });
  ready.catch((error: unknown) => {
    if (!stopping.signal.aborted) broken.reject(error);
  });
  return {
    opsPort: ops.port,
    port: () => port,
    ready,
    broken: broken.promise,
    async [Symbol.asyncDispose]() {
      health.stopping();
      stopping.abort();
      await Promise.race([ready.catch(() => undefined), delay(1000, undefined, { ref: false })]);
      await open.disposeAsync();
    },
  };
}

interface Frame {
  logger: Logger;
  health: Health;
  open: AsyncDisposableStack;
  signal: AbortSignal;
  sweepMs: number;
}

async function assemble(config: Config, frame: Frame): Promise<{ port: number; bus: Bus }> {
  const { logger, health, open, signal } = frame;
  await insist(signal, logger, 'migrating the schema', () => migrate({ ownerUrl: config.ownerUrl, schema: 'conversation', migrations }));
  const bus = await keep(open, await connectBus({ url: config.natsUrl, name: 'conversation-state', logger, signal }));
  const settings = { ...defaultStreamSettings, replicas: config.replicas };
  await insist(signal, logger, 'declaring the streams', () => declareStreams(bus, settings));
  const onError = (error: Error) => logger.warn({ err: error }, 'a connection to Postgres broke');
  const database = open.use(
    openDatabase<Tables>({ url: config.databaseUrl, name: 'baton-conversation-state', poolSize: config.poolSize, onError }),
  );
  // Marks of what was published, leases, sweeps: done again where a crash undid them.
  const system = open.use(
    openDatabase<Tables>({ url: config.systemUrl, name: 'baton-conversation-system', poolSize: 4, forgettable: true, onError }),
  );
  const search = open.use(
    openDatabase<Tables>({ url: config.databaseUrl, name: 'baton-conversation-search', poolSize: 3, statementTimeoutMs: 5000, onError }),
  );
  const exports = open.use(
    openDatabase<Tables>({
      url: config.databaseUrl,
      name: 'baton-conversation-export',
      poolSize: exportsAtOnce,
      // Longer than a reader may stall: it is told so by us.
      idleInTransactionMs: 60_000,
      onError,
    }),
  );
  const hot = openPipelinePool({ url: config.databaseUrl, name: 'baton-conversation-hot', poolSize: config.poolSize, onError });
  open.defer(() => hot.end());
  await insist(signal, logger, 'filling the directory', () => restoreDirectory(bus, system.pool));
  health.add('postgres', () => database.problem());
  health.add('nats', () => bus.problem());

  const events = createEvents(logger);
  let relay: OutboxRelay | undefined;
  const traffic = open.use(new Traffic({ db: database.db, logger }));
  traffic.start();
  const store: Store = {
    db: database.db,
    search: search.db,
    exports: exports.db,
    pool: hot,
    now: () => new Date(),
    instanceId: newInstanceId(),
    committed: (events) => relay?.committed(events),
    counted: (changes, now) => traffic.count(changes, now),
    announced: (partition) => relay?.announced(partition),
  };
  const loops = startLoops({ ...frame, bus, store, events, settings, systemPool: system.pool });
  relay = loops.relay;
  const rpc = await keep(
    open,
    await serve({
      host: config.host,
      port: config.port,
      token: config.serviceToken,
      services: rpcServices({
        store,
        events,
        bus,
        stream: loops.stream,
        systemPool: system.pool,
        secrets: new SecretBox(config.secretKeys),
      }),
    }),
  );
  return { port: rpc.port, bus };
}

/** What runs by itself. Disposed in reverse: first the leases go back, so that others go on at once, also with the events that are not published yet. */
type Ground = Frame & {
  bus: Bus;
  store: Store;
  events: Events;
  settings: StreamSettings;
  systemPool: ReturnType<typeof openDatabase>['pool'];
};

function startLoops(o: Ground): {
  relay: OutboxRelay;
  stream: EventsStream;
} {
  const { bus, store, events, logger, systemPool, open } = o;
  let leases: Leases | undefined;
  const held = () => leases?.held.map((lease) => lease.partition) ?? [];
  const replaced = () => relay.partitionsChanged();
  const stream = open.use(new EventsStream({ bus, pool: systemPool, logger, settings: o.settings, replaced }));
  const relay: OutboxRelay = open.use(new OutboxRelay({ bus, pool: systemPool, logger, events, held, stream }));
  const clock = open.use(new Clock({ store, systemPool, logger, events }));
  const leads = () => held().includes(0);
  const restore = () => restoreDirectory(bus, systemPool);
  const sweeper = open.use(new Sweeper({ store, systemPool, logger, events, everyMs: o.sweepMs, leads, restore }));
  const working = Array.from({ length: lanes }, () =>
    open.use(new InboundLane({ store, logger, events, holds: (lease) => reader.holds(lease) })),
  );
  const reader = new InboundReader({ bus, logger, arrived: (read) => working[read.lease.partition % lanes]?.add(read) });
  open.use(reader);
  const tidy = open.use(new InboundTidy({ bus, logger, leads, era: () => stream.era }));
  leases = open.use(
    new Leases({
      pool: systemPool,
      instanceId: store.instanceId,
      logger,
      changed: async (now) => {
        await reader.changed(now);
        relay.partitionsChanged();
      },
    }),
  );
  const works = [erasures({ store, bus }), tagChanges(store)];
  const backlog = open.use(new Backlog({ works, systemPool, logger }));
  stream.start();
  relay.start();
  clock.start();
  sweeper.start();
  backlog.start();
  tidy.start();
  leases.start();
  return { relay, stream };
}

/** What was still being opened when the service was told to stop would otherwise stay open, and the process with it. */
async function keep<T extends AsyncDisposable>(open: AsyncDisposableStack, resource: T): Promise<T> {
  if (!open.disposed) return open.use(resource);
  await resource[Symbol.asyncDispose]();
  throw new Error('The service was stopped while it started.');
}

/** Tries until it works or the service is told to stop: the servers below may come up later than we do. */
async function insist<T>(signal: AbortSignal, logger: Logger, what: string, work: () => Promise<T>): Promise<T> {
  for (let wait = 250; ; wait = Math.min(wait * 2, 5000)) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ err: error }, `${what} did not work yet; trying again`);
      await delay(wait, undefined, { signal });
    }
  }
}
