import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, connectBus } from '@baton/bus/connect.ts';
import { declareStreams, defaultStreamSettings } from '@baton/bus/streams.ts';
import { dispatcherConsumers } from '@baton/contracts/subjects.ts';
import { openDatabase } from '@baton/db/open.ts';
import { openPipelinePool } from '@baton/db/pipeline.ts';
import { type Directory, watchDirectory } from '@baton/directory/watch.ts';
import { openEgress } from '@baton/egress/egress.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { serve } from '@baton/rpc/serve.ts';
import { AttachmentLinks } from '@baton/runtime/attachment-links.ts';
import { Health, startOpsServer } from '@baton/runtime/health.ts';
import { createLogger, type Logger } from '@baton/runtime/logger.ts';
import { SecretBox } from '@baton/runtime/secret-box.ts';
import { metricsText } from '@baton/telemetry/metrics.ts';
import type { Config } from './config.ts';
import { type RedeliverIn, startConsumer } from './consumers.ts';
import { Breakers } from './domain/breaker.ts';
import { Bulkhead } from './domain/bulkhead.ts';
import { Pacer } from './domain/pacer.ts';
import { redeliverIn } from './domain/retry-schedule.ts';
import { createEvents } from './events.ts';
import { conversationErased } from './handlers/conversation-erased.ts';
import { conversationModeChanged } from './handlers/conversation-mode-changed.ts';
import { dispatchReady } from './handlers/dispatch-ready.ts';
import { messageReceived } from './handlers/message-received.ts';
import { sendReady } from './handlers/send-ready.ts';
import { InHand } from './in-hand.ts';
import { insistUntil } from './insist.ts';
import { openReplays } from './replays/open.ts';
import { rpcServices } from './rpc.ts';
import { openKeys } from './secrets.ts';
import { openMailer } from './sends/mail/mailer.ts';
import { openOutgoing } from './sends/outgoing.ts';
import type { SendDeps } from './sends/send-message.ts';
import { migrateDelivery } from './store/migrate-delivery.ts';
import type { Tables } from './store/tables.ts';
import { openTurnClient } from './turn-client.ts';
import { RunningTurns } from './turns/running-turns.ts';
import { Shadows } from './turns/shadow.ts';
import type { TurnDeps } from './turns/take-turn.ts';
import { Webhooks } from './webhooks/webhooks.ts';

export interface Service extends AsyncDisposable {
  opsPort: number;
  port: number;
  /** Resolves once it consumes: the servers it needs have all been reached. */
  ready: Promise<void>;
  /** Rejects when it can't go on: the process should end and be started anew. */
  broken: Promise<never>;
}

/** Opens its ports at once; everything else comes up in the background as soon as the servers it needs are there. */
export async function startService(config: Config, o: { logger?: Logger; redeliverIn?: RedeliverIn } = {}): Promise<Service> {
  const logger = o.logger ?? createLogger('dispatcher', config.logLevel);
  const health = new Health();
  const stopping = new AbortController();
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  const open = new AsyncDisposableStack();
  const parts = openParts(config, { logger, health, stopping: stopping.signal, open, redeliverIn: o.redeliverIn ?? redeliverIn });
  const ops = open.use(await startOpsServer({ host: config.host, port: config.opsPort, health, metrics: metricsText }));
  const rpc = open.use(
    await serve({
      host: config.host,
      port: config.port,
      token: config.serviceToken,
      services: rpcServices({
        db: parts.db,
        bus: parts.bus,
        webhooks: parts.webhooks.deps,
        attachments: parts.attachments,
        backends: { ...parts.turns, stopping: stopping.signal },
        replays: { db: parts.db, replays: parts.replays },
        logger,
      }),
    }),
  );
  const consumers: AsyncDisposable[] = [];
  const ready = assemble(config, parts, consumers);
  ready.then(
    () => parts.bus().ended.catch(broken.reject),
    (error: unknown) => {
      if (!stopping.signal.aborted) broken.reject(error);
    },
  );
  return {
    opsPort: ops.port,
    port: rpc.port,
    ready,
    broken: broken.promise,
    async [Symbol.asyncDispose]() {
      health.stopping();
      // All at once: one that still waits for its work in hand must not let another begin new work.
      const others = [parts.webhooks.stop(config.drainMs), parts.replays.stop(config.drainMs)];
      const drained = Promise.all([...consumers.map((consumer) => consumer[Symbol.asyncDispose]()), ...others]);
      drained.catch((error: unknown) => logger.warn({ err: error }, 'stopping the consumers failed'));
      await Promise.race([drained, delay(config.drainMs, undefined, { ref: false })]);
      stopping.abort();
      parts.turns.running.stopping();
      await Promise.race([drained, delay(1000, undefined, { ref: false })]);
      await open.disposeAsync();
    },
  };
}

type Parts = ReturnType<typeof openParts>;

/** Everything that opens without anybody answering. */
function openParts(
  config: Config,
  o: { logger: Logger; health: Health; stopping: AbortSignal; open: AsyncDisposableStack; redeliverIn: RedeliverIn },
) {
  const events = createEvents(o.logger);
  const database = o.open.use(
    openDatabase<Tables>({
      url: config.postgresUrl,
      name: 'baton-dispatcher',
      poolSize: 5,
      onError: (error) => o.logger.warn({ err: error }, 'a connection to Postgres broke'),
    }),
  );
  const pool = openPipelinePool({
    url: config.postgresUrl,
    name: 'baton-dispatcher-webhooks',
    poolSize: 4,
    onError: (error) => o.logger.warn({ err: error }, 'a connection to Postgres broke'),
  });
  o.open.defer(() => pool.end());
  const egress = o.open.use(openEgress({ allow: config.egressAllow, connectionsPerOrigin: config.connectionsPerOrigin }));
  const client = o.open.use(openTurnClient({ address: config.conversationStateAddress, token: config.serviceToken }));
  const late: { bus?: Bus; directory?: Directory } = {};
  const directory: Pick<Directory, 'agent' | 'channelAccount'> = {
    agent: (id) => late.directory?.agent(id),
    channelAccount: (id) => late.directory?.channelAccount(id),
  };
  const box = new SecretBox(config.secretKeys);
  const shared = {
    client,
    directory,
    secrets: openKeys(box),
    egress,
    events,
    insist: insistUntil(o.stopping),
    attachmentLinks: new AttachmentLinks(config.secretKeys, config.gatewayUrl),
  };
  const sends: SendDeps = {
    ...shared,
    bulkhead: new Bulkhead({ places: Math.ceil(config.sends / 2), slowMs: 2000 }),
    breakers: new Breakers({ failures: 5, firstMs: 1000, longestMs: 30_000 }),
    pacer: new Pacer(),
    inHand: new InHand(),
    ingestUrl: config.ingestUrl,
    serviceToken: config.serviceToken,
    sendTimeoutMs: config.sendTimeoutMs,
    mailer: o.open.use(openMailer(egress)),
  };
  const turns: TurnDeps & { traced: boolean } = {
    ...shared,
    running: new RunningTurns(),
    bulkhead: new Bulkhead({ places: Math.ceil(config.turns / 2), slowMs: 2000 }),
    breakers: new Breakers({ failures: 10, firstMs: 1000, longestMs: 30_000 }),
    inHand: new InHand(),
    outgoing: openOutgoing(sends, { lanes: Math.ceil(config.turns / 2) }),
    shadows: new Shadows(shared, { places: Math.ceil(config.turns / 4), stopping: o.stopping }),
    traced: config.tracing,
  };
  events.watchBackends(() => turns.breakers.open);
  o.health.add('nats', () => (late.bus ? late.bus.problem() : 'not connected to NATS'));
  o.health.add('directory', () => (late.directory ? late.directory.problem() : 'the directory has not been read yet'));
  o.health.add('postgres', () => database.problem());
  o.health.add('conversation-state', () => client.problem());
  const bus = () => {
    if (!late.bus) throw new BatonError('unavailable', 'The dispatcher is not connected to NATS.');
    return late.bus;
  };
  const webhooks = new Webhooks({ db: database.db, pool, bus, egress, box, events, settings: config.webhooks }, o.logger);
  const attachments = { ...shared, reading: new Map<string, number>(), maxBytes: config.attachmentMaxBytes };
  const replays = openReplays(config, { ...shared, box, open: o.open, logger: o.logger });
  return { ...o, late, attachments, bus, db: database.db, events, turns, sends, webhooks, replays };
}

/** Reaches the servers one after the other, for as long as it takes, then begins to consume. */
async function assemble(config: Config, parts: Parts, consumers: AsyncDisposable[]): Promise<void> {
  const { stopping, open, logger, db, events, turns, sends, redeliverIn } = parts;
  const bus = open.use(await connectBus({ url: config.natsUrl, name: 'dispatcher', logger, signal: stopping }));
  parts.late.bus = bus;
  await patiently(stopping, logger, () => declareStreams(bus, { ...defaultStreamSettings, replicas: config.replicas }, 'EVENTS'));
  await patiently(stopping, logger, () => migrateDelivery(config.postgresOwnerUrl));
  const directory = open.use(watchDirectory(bus, { logger, kinds: ['agent', 'channel_account'] }));
  parts.late.directory = directory;
  // Without agents and accounts every turn would fail.
  while (directory.problem()) await delay(20, undefined, { signal: stopping });
  bus.nc.subscribe('conversation.mode_changed.>', { callback: (_, message) => conversationModeChanged(turns.running, message.data) });
  const deps = { bus, db, logger, events, redeliverIn, traced: config.tracing };
  // Told to stop while the servers came up.
  stopping.throwIfAborted();
  await parts.webhooks.start();
  parts.replays.start();
  consumers.push(
    startConsumer(deps, {
      durable: dispatcherConsumers.turns,
      concurrency: config.turns,
      handlers: {
        'message.received': (message) => messageReceived(turns, message),
        'dispatch.ready': (message) => dispatchReady(turns, message),
      },
    }),
    startConsumer(deps, {
      durable: dispatcherConsumers.sends,
      concurrency: config.sends,
      handlers: {
        'send.ready': (message) => sendReady(sends, message),
      },
    }),
    startConsumer(deps, {
      durable: 'dispatcher-erasures',
      concurrency: 4,
      handlers: {
        'conversation.erased': (message) => conversationErased(db, message),
      },
    }),
  );
}

async function patiently(stopping: AbortSignal, logger: Logger, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      stopping.throwIfAborted();
      if (attempt % 10 === 1) logger.warn({ err: error }, 'still starting: a server is not ready');
    }
    await delay(500, undefined, { signal: stopping });
  }
}
