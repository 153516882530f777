import { type Bus, connectBus } from '@baton/bus/connect.ts';
import { declareStreams, defaultStreamSettings } from '@baton/bus/streams.ts';
import { stopSignal } from '@baton/runtime/stop-signal.ts';
import { AckPolicy, type JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';

/** What the benchmark hands to each of the floor's processes, as one JSON argument. */
export interface FloorOptions {
  natsUrl: string;
  postgresUrl: string;
  /** Where `floor/ingest.ts` listens. */
  port: number;
  aiUrl: string;
  providerUrl: string;
}

/** The floor's only two event subjects; they lie in the product's EVENTS stream, so both have the same storage settings. */
export const subjects = {
  inbound: 'inbound.message.p00.floor.floor',
  received: 'message.received.p00.floor.floor',
  queued: 'message.queued.p00.floor.floor',
} as const;

/** What the state process and the dispatcher tell each other. */
export interface FloorMessage {
  id: string;
  from: string;
  to: string;
  text: string;
}

/**
 * Runs one process of the floor until it is told to stop; `ready` on standard output says that it works. The connection and the streams are the
 * product's own, so that neither client options nor retention nor limits differ between the two sides of the comparison.
 */
export async function runFloorProcess(
  name: string,
  start: (o: FloorOptions, bus: Bus) => Promise<AsyncDisposable | undefined>,
): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '') as FloorOptions;
  await using bus = await connectBus({ url: options.natsUrl, name: `floor-${name}` });
  await declareStreams(bus, defaultStreamSettings);
  await using _running = await start(options, bus);
  process.stdout.write('ready\n');
  await stopSignal();
}

/** Hands every message of a subject to `handle`, with callbacks: an async iterator costs one more promise per message. */
export async function eachMessage(bus: Bus, o: { stream: string; subject: string }, handle: (message: JsMsg) => void): Promise<void> {
  const durable = `floor-${o.subject.split('.', 2).join('-')}`;
  await bus.jsm.consumers.add(o.stream, {
    durable_name: durable,
    filter_subjects: [o.subject],
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(10_000),
    max_ack_pending: 4096,
  });
  const consumer = await bus.js.consumers.get(o.stream, durable);
  await consumer.consume({ max_messages: 1024, callback: handle });
}
