import { busUsers } from '@baton/contracts/bus-rights.ts';
import { roles } from '@baton/db/bootstrap.ts';
import { PORTS, type Ports } from '@baton/launcher/stack/names.ts';
import { placeInstances } from '@baton/launcher/stack/ports.ts';
import { makeSecrets } from '@baton/launcher/stack/secrets.ts';
import { type Layout, serviceEnv } from '@baton/launcher/stack/service-env.ts';
import { loadConfig } from '../../services/gateway/src/config.ts';
import { apiDocument } from '../../services/gateway/src/document.ts';
import type { Json } from './json.ts';

/** The OpenAPI document as the gateway of a plain `npm start` answers it. */
export async function openApiDocument(): Promise<Json> {
  return (await apiDocument(loadConfig(await plainEnvironment()))) as Json;
}

/** The environment that the launcher gives to the gateway: what the gateway may require is there, however it changes. */
async function plainEnvironment(): Promise<NodeJS.ProcessEnv> {
  const host = '127.0.0.1';
  const ports = Object.fromEntries(Object.entries(PORTS).map(([name, { port }]) => [name, port])) as Ports;
  const layout: Layout = {
    host,
    natsUrls: Object.fromEntries(busUsers.map((user) => [user, `nats://${host}:${ports.nats}`])) as Layout['natsUrls'],
    databaseUrls: Object.fromEntries(
      roles.map((role) => [role, `postgres://${role}@${host}:${ports.postgres}/baton`]),
    ) as Layout['databaseUrls'],
    instances: await placeInstances({}, ports, host),
  };
  return serviceEnv('gateway', { main: ports.gateway }, layout, makeSecrets());
}
