import type { BusUser } from '@baton/contracts/bus-rights.ts';
import type { Role } from '@baton/db/bootstrap.ts';
import { PORTS, reachable, SERVICE_PORTS, type ServiceName } from './names.ts';
import type { Secrets } from './secrets.ts';

/** Where everything of one installation is, with all instances placed. */
export type Layout = {
  host: string;
  /** One for each user, which are all the same where the server was brought from outside. */
  natsUrls: Record<BusUser, string>;
  databaseUrls: Record<Role, string>;
  instances: Record<ServiceName, InstancePorts[]>;
};

export type InstancePorts = { main: number; ops?: number };

const ROLE: Partial<Record<ServiceName, Role>> = {
  'conversation-state': 'baton_conversation',
  dispatcher: 'baton_delivery',
  gateway: 'baton_access',
};

/** What `npm start` and the tests may reach besides public addresses. */
export const LOOPBACK = '127.0.0.0/8,::1/128';

const PASSED_ON = /^(OTEL_|BATON_|NODE_OPTIONS$|NODE_ENV$|NODE_EXTRA_CA_CERTS$|TZ$|HOME$|PATH$)/;

/** The outside variables that a service may see: its tuning and what concerns tracing, but none of the caller's own secrets. */
export function passedOn(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => PASSED_ON.test(entry[0]) && entry[1] !== undefined),
  );
}

/** `host:port` of every instance, comma-separated. */
export function addresses(layout: Layout, name: ServiceName): string {
  return layout.instances[name].map(({ main }) => `${reachable(layout.host)}:${main}`).join(',');
}

/** Public base URLs of an HTTP service, one per instance. */
export function baseUrls(layout: Layout, name: 'gateway' | 'ingest'): string[] {
  return layout.instances[name].map(({ main }) => `http://${reachable(layout.host)}:${main}`);
}

/**
 * The whole environment of one instance of a service; `deploy/compose.yaml` gives the same names. A service gets no secret that it has no
 * use for: ingest, which faces the world, has no database at all.
 */
export function serviceEnv(name: ServiceName, own: InstancePorts, layout: Layout, secrets: Secrets): Record<string, string> {
  const ports = SERVICE_PORTS[name];
  const role = ROLE[name];
  return {
    BATON_HOST: layout.host,
    [PORTS[ports.main].variable]: String(own.main),
    ...(ports.ops && own.ops !== undefined ? { [PORTS[ports.ops].variable]: String(own.ops) } : {}),
    BATON_NATS_URL: layout.natsUrls[name],
    ...(role ? { BATON_POSTGRES_OWNER_URL: layout.databaseUrls.baton_owner, BATON_POSTGRES_URL: layout.databaseUrls[role] } : {}),
    ...(name === 'conversation-state' ? { BATON_POSTGRES_SYSTEM_URL: layout.databaseUrls.baton_conversation_system } : {}),
    BATON_SERVICE_TOKEN: secrets.serviceToken,
    BATON_SECRET_KEYS: secrets.secretKeys,
    BATON_CONVERSATION_STATE_ADDR: addresses(layout, 'conversation-state'),
    BATON_DISPATCHER_ADDR: addresses(layout, 'dispatcher'),
    BATON_INGEST_ADDR: addresses(layout, 'ingest'),
    BATON_INGEST_URL: baseUrls(layout, 'ingest')[0] ?? '',
    BATON_GATEWAY_URL: baseUrls(layout, 'gateway')[0] ?? '',
    BATON_SIMULATOR: '1',
    BATON_EGRESS_ALLOW: LOOPBACK,
    ...(name === 'gateway' ? { BATON_PARTNER_KEY_BOOTSTRAP: secrets.partnerKey } : {}),
    OTEL_SERVICE_NAME: `baton-${name}`,
  };
}
