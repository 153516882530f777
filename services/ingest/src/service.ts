import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, connectBus } from '@baton/bus/connect.ts';
import { declareStreams, defaultStreamSettings } from '@baton/bus/streams.ts';
import { openSecrets } from '@baton/directory/secrets.ts';
import { type Directory as Watched, watchDirectory } from '@baton/directory/watch.ts';
import { Health } from '@baton/runtime/health.ts';
import { createLogger, type Logger } from '@baton/runtime/logger.ts';
import { SecretBox } from '@baton/runtime/secret-box.ts';
import type { Config } from './config.ts';
import { type Directory, knownAccounts } from './directory.ts';
import { type Events, ingestEvents, watchPending } from './events.ts';
import { type Files, openFiles } from './files.ts';
import { appendMessage } from './handlers/append-message.ts';
import { getFile } from './handlers/get-file.ts';
import { receive } from './handlers/receive.ts';
import { simulatorOutbox } from './handlers/simulator-outbox.ts';
import { simulatorSend } from './handlers/simulator-send.ts';
import { simulatorTrouble } from './handlers/simulator-trouble.ts';
import { createApp } from './http/app.ts';
import { createGate } from './http/gate.ts';
import { createVisitorRates } from './http/visitor-rates.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { declarePhones } from './simulator/phone.ts';
import { type Receipts, simulateReceipts } from './simulator/receipts.ts';
import { Troubles } from './simulator/troubles.ts';

export interface IngestService extends AsyncDisposable {
  port: number;
  /** Rejects when the service cannot go on: a nats-server that is too old, a connection that ended for good. */
  broken: Promise<void>;
}

/** Everything behind the first connection to NATS. */
interface Store {
  bus: Bus;
  watched: Watched;
  directory: Directory;
  publisher: Publisher;
  receipts: Receipts | undefined;
  files: Files;
}

// Bodies held at once, whatever the number of requests.
const maxBytesHeld = 256 * 1024 ** 2;

/** Listens at once, answering 503 until NATS and the directory are there. */
export async function startService(config: Config, o: { logger?: Logger } = {}): Promise<IngestService> {
  const logger = o.logger ?? createLogger('ingest', config.logLevel);
  const events = ingestEvents(logger);
  const secrets = openSecrets(new SecretBox(config.secretKeys), events.sealedCredentials);
  const health = new Health();
  const app = createApp({ health, events, limits: config.http, trustProxy: config.trustProxy });
  let store: Store | undefined;
  let declared = false;
  const stopping = new AbortController();

  health.add('nats', () => (store ? store.bus.problem() : 'not connected to NATS'));
  health.add('streams', () => (declared ? undefined : 'the streams have not been declared yet'));
  health.add('directory', () => (store ? store.directory.problem() : 'the directory has not been read yet'));
  watchPending(() => store?.publisher.pending() ?? 0);

  const gate = createGate({ maxRequests: config.maxRequests, maxBytes: maxBytesHeld });
  const deps = { store: () => store, events, gate };
  await app.register(receive, {
    ...deps,
    simulator: config.simulator !== undefined,
    base: config.ingestUrl,
    trustProxy: config.trustProxy,
    visitors: createVisitorRates(),
  });
  await app.register(getFile, deps);
  await app.register(appendMessage, { ...deps, serviceToken: config.serviceToken });
  if (config.simulator) {
    const troubles = new Troubles();
    await app.register(simulatorSend, { ...deps, serviceToken: config.serviceToken, troubles });
    await app.register(simulatorTrouble, { ...deps, troubles });
    await app.register(simulatorOutbox, deps);
  }

  const open = async (): Promise<void> => {
    const bus = await connectBus({ url: config.natsUrl, name: 'ingest', logger, signal: stopping.signal });
    const declare = declaring(bus, config, { events, signal: stopping.signal });
    const publisher = createPublisher(bus, { maxPending: config.maxPending, timeoutMs: config.publishTimeoutMs, streamGone: declare });
    const receipts = config.simulator && simulateReceipts(config.simulator, publisher, events);
    const watched = watchDirectory(bus, { logger, kinds: ['channel_account'] });
    store = {
      bus,
      watched,
      directory: knownAccounts({ watched, secrets, bus }),
      publisher,
      receipts,
      files: openFiles(bus, { replicas: config.replicas, ...config.files }),
    };
    if (stopping.signal.aborted) return close(store);
    await declare();
    declared = true;
    events.connected();
    await bus.ended;
  };
  const broken = open().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  // Whoever waits for `broken` hears of it; without a listener (tests) it must not end the process.
  broken.catch(() => undefined);

  await app.listen({ host: config.host, port: config.port });
  const address = app.server.address();
  return {
    port: typeof address === 'object' && address ? address.port : config.port,
    broken,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      health.stopping();
      // New connections are refused, requests in hand get their answer; only then does the connection to NATS go.
      const drained = setTimeout(() => app.server.closeAllConnections(), config.drainMs);
      await app.close();
      clearTimeout(drained);
      if (store) await close(store);
    },
  };
}

async function close(store: Store): Promise<void> {
  store.receipts?.[Symbol.dispose]();
  await store.watched[Symbol.asyncDispose]();
  await store.bus[Symbol.asyncDispose]();
}

/** Declares the streams until it succeeds; calls made meanwhile wait for the same. A server that came back without its store gets them anew that way. */
function declaring(bus: Bus, config: Config, o: { events: Events; signal: AbortSignal }): () => Promise<void> {
  let running: Promise<void> | undefined;
  const untilDone = async () => {
    for (let failures = 0; !o.signal.aborted; failures++) {
      try {
        await declareStreams(bus, { ...defaultStreamSettings, replicas: config.replicas }, 'INBOUND');
        if (config.simulator) await declarePhones(bus, config.replicas);
        return;
      } catch (error) {
        // A server that is still starting answers within seconds: the first failures are no news.
        if (failures % 40 === 3) o.events.waitingForStreams(error);
        await delay(250);
      }
    }
  };
  return () => {
    running ??= untilDone().finally(() => {
      running = undefined;
    });
    return running;
  };
}
