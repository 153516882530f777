import { type BusPasswords, natsConfig, natsUrl } from '@baton/launcher/nats-server.ts';
import { freePort } from '@baton/launcher/process/port.ts';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import type { OpenNats, OpenPostgres } from './servers.ts';

const POSTGRES_IMAGE = 'postgres:18';
const NATS_IMAGE = 'nats:2.14-alpine';

// The host port is fixed beforehand: Docker gives a new random one at each start, and a restarted server must be found where it was.

export async function containerPostgres(): Promise<OpenPostgres> {
  const port = await freePort();
  const started = await new GenericContainer(POSTGRES_IMAGE)
    .withEnvironment({ POSTGRES_PASSWORD: 'test' })
    .withCommand(['postgres', '-c', 'max_connections=300'])
    .withExposedPorts({ container: 5432, host: port })
    // The image starts the server twice, the first time for its own set-up.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start();
  return { superUrl: `postgres://postgres:test@${started.getHost()}:${port}/postgres`, ...control(started) };
}

export async function containerNats(syncInterval: string, passwords?: BusPasswords): Promise<OpenNats> {
  const port = await freePort();
  const config = natsConfig({ host: '0.0.0.0', port: 4222, storeDir: '/data', syncInterval, ...(passwords && { passwords }) });
  const started = await new GenericContainer(NATS_IMAGE)
    .withCopyContentToContainer([{ content: config, target: '/etc/nats/baton.conf' }])
    .withCommand(['-c', '/etc/nats/baton.conf'])
    .withExposedPorts({ container: 4222, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Server is ready/))
    .start();
  const urlOf: OpenNats['urlOf'] = (user) => natsUrl(user, { host: started.getHost(), port, passwords });
  return { url: urlOf('operator'), urlOf, ...control(started) };
}

function control(started: StartedTestContainer): Pick<OpenPostgres, 'stop' | 'kill9' | 'restart'> {
  return {
    stop: async () => {
      await started.stop();
    },
    kill9: async () => {
      const { container } = await getContainerRuntimeClient();
      await container.getById(started.getId()).kill({ signal: 'SIGKILL' });
    },
    restart: async () => {
      await started.restart();
    },
  };
}
