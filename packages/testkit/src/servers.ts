import path from 'node:path';
import { machineSources } from '@baton/launcher/config.ts';
import { findNatsServer } from '@baton/launcher/nats/binary.ts';
import { type BusPasswords, type NatsServer, startNats } from '@baton/launcher/nats-server.ts';
import { startPostgres } from '@baton/launcher/postgres.ts';
import { freePort } from '@baton/launcher/process/port.ts';
import { type InfraKind, loadTestkitConfig } from './config.ts';

export type OpenPostgres = { superUrl: string; stop(): Promise<void>; kill9(): Promise<void>; restart(): Promise<void> };
export type OpenNats = Pick<NatsServer, 'url' | 'urlOf'> & { stop(): Promise<void>; kill9(): Promise<void>; restart(): Promise<void> };

let decided: Promise<InfraKind> | undefined;

/** What `BATON_TEST_INFRA` says, else containers where a Docker engine answers, else processes. Asked once per process. */
export function infraKind(): Promise<InfraKind> {
  decided ??= decide();
  return decided;
}

async function decide(): Promise<InfraKind> {
  const { kind } = loadTestkitConfig(process.env);
  if (kind) return kind;
  try {
    const { getContainerRuntimeClient } = await import('testcontainers');
    await getContainerRuntimeClient();
    return 'containers';
  } catch {
    return 'embedded';
  }
}

/** Settings for servers that hold nothing of worth: the tests kill processes, never the machine. */
const TEST_SETTINGS = { max_connections: '300', shared_buffers: '128MB' };

export async function openPostgres(dir: string): Promise<OpenPostgres> {
  if ((await infraKind()) === 'containers') return (await import('./containers.ts')).containerPostgres();
  const server = await startPostgres({
    dir: path.join(dir, 'postgres'),
    port: await freePort(),
    superPassword: 'test',
    settings: TEST_SETTINGS,
    syncInit: false,
  });
  return { superUrl: server.superUrl, stop: server.stop, kill9: server.kill9, restart: server.restart };
}

/** `passwords`: with users and their rights, as an installation has them; else everybody may do everything. */
export async function openNats(dir: string, syncInterval: string, passwords?: BusPasswords): Promise<OpenNats> {
  if ((await infraKind()) === 'containers') return (await import('./containers.ts')).containerNats(syncInterval, passwords);
  const { path: bin } = await findNatsServer(machineSources());
  const server = await startNats({
    bin,
    port: await freePort(),
    storeDir: path.join(dir, 'nats'),
    syncInterval,
    ...(passwords && { passwords }),
  });
  return { url: server.url, urlOf: server.urlOf, stop: server.stop, kill9: server.kill9, restart: server.restart };
}
