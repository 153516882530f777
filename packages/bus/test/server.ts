import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type OpenNats, openNats } from '@baton/testkit/servers.ts';
import { RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { pino } from 'pino';
import { type Bus, connectBus } from '../src/connect.ts';
import { ensureStream } from '../src/streams.ts';

export const logger = pino({ level: 'silent' });

/** A nats-server of one test file, and a connection to it. */
export interface Server extends AsyncDisposable {
  nats: OpenNats;
  bus: Bus;
  connect(): Promise<Bus>;
  /** A stream `S<n>` that takes `s<n>.>`; gives its name and the beginning of its subjects. */
  stream(): Promise<{ name: string; prefix: string }>;
}

export async function startServer(): Promise<Server> {
  const dir = await mkdtemp(path.join(tmpdir(), 'baton-bus-'));
  const nats = await openNats(dir, '2m');
  const open: Bus[] = [];
  const connect = async () => {
    const bus = await connectBus({ url: nats.url, name: `test-${open.length}` });
    open.push(bus);
    return bus;
  };
  const bus = await connect();
  let streams = 0;
  return {
    nats,
    bus,
    connect,
    async stream() {
      const n = ++streams;
      await ensureStream(bus, {
        name: `S${n}`,
        subjects: [`s${n}.>`],
        storage: StorageType.File,
        retention: RetentionPolicy.Limits,
        max_msg_size: 2 * 1024 ** 2,
      });
      return { name: `S${n}`, prefix: `s${n}` };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(open.map((one) => one[Symbol.asyncDispose]()));
      await nats.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
